package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jcodec.common.io.NIOUtils;
import org.jcodec.common.io.SeekableByteChannel;
import org.jcodec.containers.mp4.MP4Util;
import org.jcodec.containers.mp4.boxes.AudioSampleEntry;
import org.jcodec.containers.mp4.boxes.MovieBox;
import org.jcodec.containers.mp4.boxes.MovieFragmentBox;
import org.jcodec.containers.mp4.boxes.NodeBox;
import org.jcodec.containers.mp4.boxes.SampleEntry;
import org.jcodec.containers.mp4.boxes.TrackFragmentBaseMediaDecodeTimeBox;
import org.jcodec.containers.mp4.boxes.TrackFragmentBox;
import org.jcodec.containers.mp4.boxes.TrackFragmentHeaderBox;
import org.jcodec.containers.mp4.boxes.TrunBox;
import org.jcodec.containers.mp4.boxes.VideoSampleEntry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Has readers that share no code with the writer read init section and parts of every codec. */
class IndependentReadersTest {
  @TempDir Path directory;

  private static Arguments of(String clip, int rendition, String decoder, String entry) {
    return Arguments.of(clip, rendition, decoder, entry);
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        of("hevc-flac", InputScript.VIDEO, "hevc", "hvc1"),
        of("hevc-flac", InputScript.AUDIO, "flac", "fLaC"),
        of("av1-opus", InputScript.VIDEO, "libaom-av1", "av01"),
        of("av1-opus", InputScript.AUDIO, "opus", "Opus"),
        of("vp9-ac3", InputScript.VIDEO, "vp9", "vp09"),
        of("vp9-ac3", InputScript.AUDIO, "ac3", "ac-3"),
        of("eac3", InputScript.AUDIO, "eac3", "ec-3"),
        of("mp3", InputScript.AUDIO, "mp3float", "mp4a"));
  }

  private Path file(String clip, int rendition) throws Exception {
    return Files.write(
        directory.resolve(clip + rendition + ".mp4"), Codecs.packaged(clip).file(rendition));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void ffmpegReadsAndDecodesWithoutAWarning(
      String clip, int rendition, String decoder, String entry) throws Exception {
    Path file = file(clip, rendition);

    DecodedStream decoded = DecodedStream.of(file, decoder);

    assertThat(decoded.log()).as(entry).isEmpty();
    int samples = samples(clip, rendition);
    assertThat(decoded.packets()).isEqualTo(samples).isGreaterThan(30);
    assertThat(decoded.frames()).isBetween(samples - 1, samples);
    if (rendition == InputScript.VIDEO) {
      assertThat(decoded.width()).isEqualTo(64);
      assertThat(decoded.height()).isEqualTo(48);
    }
  }

  /** As many as the index's parts carry. */
  private static int samples(String clip, int rendition) {
    RecordingSink made = Codecs.packaged(clip);
    return made.parts(rendition).stream()
        .mapToInt(part -> Chunks.read(made.parts.get(part.key())).samples().size())
        .sum();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void jcodecFindsTheBoxesWhereTheyAreSaidToBe(
      String clip, int rendition, String decoder, String type) throws Exception {
    Path file = file(clip, rendition);
    MovieBox movie = MP4Util.parseMovie(file.toFile());

    SampleEntry entry = movie.getTracks()[0].getSampleEntries()[0];

    assertThat(entry.getFourcc()).as(decoder).isEqualTo(type);
    if (entry instanceof VideoSampleEntry video) {
      assertThat(video.getWidth()).isEqualTo(64);
      assertThat(video.getHeight()).isEqualTo(48);
    } else if (entry instanceof AudioSampleEntry audio) {
      assertThat(audio.getSampleSize()).isEqualTo((short) 16);
    }
    try (SeekableByteChannel channel = NIOUtils.readableChannel(file.toFile())) {
      long samples = 0;
      long end = 0;
      List<MovieFragmentBox> fragments = MP4Util.parseMovieFragments(channel);
      for (MovieFragmentBox moof : fragments) {
        TrackFragmentBox traf = moof.getTracks()[0];
        long start =
            NodeBox.findFirst(traf, TrackFragmentBaseMediaDecodeTimeBox.class, "tfdt")
                .getBaseMediaDecodeTime();
        TrunBox trun = NodeBox.findFirst(traf, TrunBox.class, "trun");
        // A chunk begins where the one before it was said to end, or behind a gap.
        assertThat(start).isGreaterThanOrEqualTo(end);
        end = start + duration(traf, trun);
        samples += trun.getSampleCount();
      }
      assertThat(samples).isEqualTo(samples(clip, rendition));
      assertThat(fragments).hasSizeGreaterThan(5);
    }
  }

  private static long duration(TrackFragmentBox traf, TrunBox trun) {
    if (!trun.isSampleDurationAvailable()) {
      TrackFragmentHeaderBox tfhd = NodeBox.findFirst(traf, TrackFragmentHeaderBox.class, "tfhd");
      return trun.getSampleCount() * tfhd.getDefaultSampleDuration();
    }
    long duration = 0;
    for (int sample = 0; sample < trun.getSampleCount(); sample++) {
      duration += trun.getSampleDuration(sample);
    }
    return duration;
  }
}
