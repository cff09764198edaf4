package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.GoldenStreams.Rendition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Has readers that share no code with the writer read init section and parts of every stream that
 * there is a golden file of.
 */
class IndependentReadersTest {
  @TempDir Path directory;

  static Stream<Rendition> everyStream() {
    return GoldenStreams.all();
  }

  static Stream<Rendition> decodableStreams() {
    return GoldenStreams.ofCodecs();
  }

  private Path file(Rendition rendition) throws IOException {
    return Files.write(directory.resolve("stream.mp4"), rendition.bytes().toArray());
  }

  private static String decoder(Rendition rendition) {
    return switch (JcodecMovie.entryType(rendition.track().codec())) {
      case "avc1" -> "h264";
      case "hvc1" -> "hevc";
      case "av01" -> "libaom-av1";
      case "vp09" -> "vp9";
      case "Opus" -> "opus";
      case "ac-3" -> "ac3";
      case "ec-3" -> "eac3";
      case "fLaC" -> "flac";
      default -> rendition.track().codec() instanceof Mp3Configuration ? "mp3float" : "aac";
    };
  }

  @ParameterizedTest
  @MethodSource("decodableStreams")
  void ffmpegReadsAndDecodesWithoutAWarning(Rendition rendition) throws Exception {
    DecodedStream decoded = DecodedStream.of(file(rendition), decoder(rendition));

    assertThat(decoded.log()).isEmpty();
    int samples = rendition.samples().size();
    assertThat(decoded.packets()).isEqualTo(samples).isGreaterThan(30);
    assertThat(decoded.frames()).isBetween(samples - 1, samples);
    if (rendition.track().codec() instanceof VideoConfiguration video) {
      assertThat(decoded.width()).isEqualTo(video.picture().width());
      assertThat(decoded.height()).isEqualTo(video.picture().height());
    }
  }

  /** Also of pictures that are none. FFmpeg shows a track with offsets below 0 later as a whole. */
  @ParameterizedTest
  @MethodSource("everyStream")
  void ffmpegFindsEverySampleWithoutAWarning(Rendition rendition) throws Exception {
    DemuxedStream read = DemuxedStream.of(file(rendition));

    assertThat(read.log()).isEmpty();
    assertThat(read.timescale()).isEqualTo(rendition.track().timescale());
    List<Chunks.ReadSample> samples = rendition.samples();
    long start = samples.getFirst().dts();
    long later = read.packets().getFirst().pts() - (samples.getFirst().pts() - start);
    List<DemuxedStream.Packet> expected = new ArrayList<>();
    for (Chunks.ReadSample sample : samples) {
      expected.add(
          new DemuxedStream.Packet(
              sample.dts() - start,
              sample.pts() - start + later,
              sample.duration(),
              sample.sync(),
              sample.data().length()));
    }
    assertThat(read.packets()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("everyStream")
  void jcodecFindsTheTrackAsItIsDescribed(Rendition rendition) throws Exception {
    new JcodecMovie(file(rendition)).checkInitSection(rendition.track());
  }

  @ParameterizedTest
  @MethodSource("everyStream")
  void jcodecFindsTheSamplesWhereTheyAreSaidToBe(Rendition rendition) throws Exception {
    List<JcodecMovie.Fragment> fragments = new JcodecMovie(file(rendition)).fragments();

    assertThat(fragments)
        .isEqualTo(
            rendition.chunks().stream()
                .map(
                    chunk ->
                        new JcodecMovie.Fragment(
                            chunk.sequence(),
                            chunk.trackId(),
                            chunk.start(),
                            chunk.samples().stream().map(JcodecMovie.Sample::of).toList()))
                .toList());
    assertThat(fragments)
        .extracting(JcodecMovie.Fragment::baseMediaDecodeTime)
        .isEqualTo(rendition.parts().stream().map(PartPublished::startTicks).toList());
  }
}
