package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jcodec.codecs.h264.mp4.AvcCBox;
import org.jcodec.codecs.mpeg4.mp4.EsdsBox;
import org.jcodec.common.io.NIOUtils;
import org.jcodec.common.io.SeekableByteChannel;
import org.jcodec.containers.mp4.AudioBoxes;
import org.jcodec.containers.mp4.BoxFactory;
import org.jcodec.containers.mp4.BoxUtil;
import org.jcodec.containers.mp4.IBoxFactory;
import org.jcodec.containers.mp4.MP4Util;
import org.jcodec.containers.mp4.VideoBoxes;
import org.jcodec.containers.mp4.boxes.AudioSampleEntry;
import org.jcodec.containers.mp4.boxes.Box;
import org.jcodec.containers.mp4.boxes.ColorExtension;
import org.jcodec.containers.mp4.boxes.Header;
import org.jcodec.containers.mp4.boxes.MovieBox;
import org.jcodec.containers.mp4.boxes.MovieFragmentBox;
import org.jcodec.containers.mp4.boxes.NodeBox;
import org.jcodec.containers.mp4.boxes.PixelAspectExt;
import org.jcodec.containers.mp4.boxes.SampleEntry;
import org.jcodec.containers.mp4.boxes.TrackFragmentBaseMediaDecodeTimeBox;
import org.jcodec.containers.mp4.boxes.TrackFragmentBox;
import org.jcodec.containers.mp4.boxes.TrackFragmentHeaderBox;
import org.jcodec.containers.mp4.boxes.TrakBox;
import org.jcodec.containers.mp4.boxes.TrunBox;
import org.jcodec.containers.mp4.boxes.VideoSampleEntry;

/** Reads a file by JCodec's boxes. */
final class JcodecMovie {
  /**
   * Sample entries that JCodec, which is older than their standards or does without them, does not
   * know by their type. Told that they are a visual or an audio one it reads them too, and finds
   * the boxes in them.
   */
  private static final Set<String> UNKNOWN = Set.of("hvc1", "av01", "vp09", "Opus", "ec-3", "fLaC");

  private final Path file;

  JcodecMovie(Path file) {
    this.file = file;
  }

  /** Holds what a {@code trun} and the defaults of {@code tfhd} say of a sample. */
  record Sample(long duration, long size, int flags, long compositionOffset) {
    static Sample of(Chunks.ReadSample read) {
      return new Sample(
          read.duration(), read.data().length(), read.flags(), read.pts() - read.dts());
    }
  }

  record Fragment(
      long sequenceNumber, int trackId, long baseMediaDecodeTime, List<Sample> samples) {}

  static String entryType(CodecConfiguration codec) {
    return switch (codec) {
      case AvcConfiguration _ -> "avc1";
      case HevcConfiguration _ -> "hvc1";
      case Av1Configuration _ -> "av01";
      case Vp9Configuration _ -> "vp09";
      case AacConfiguration _, Mp3Configuration _ -> "mp4a";
      case OpusConfiguration _ -> "Opus";
      case Ac3Configuration _ -> "ac-3";
      case Eac3Configuration _ -> "ec-3";
      case FlacConfiguration _ -> "fLaC";
    };
  }

  private static String configurationType(String entryType) {
    return switch (entryType) {
      case "avc1" -> "avcC";
      case "hvc1" -> "hvcC";
      case "av01" -> "av1C";
      case "vp09" -> "vpcC";
      case "mp4a" -> "esds";
      case "Opus" -> "dOps";
      case "ac-3" -> "dac3";
      case "ec-3" -> "dec3";
      default -> "dfLa";
    };
  }

  void checkInitSection(Track track) throws IOException {
    MovieBox movie = MP4Util.parseMovie(file.toFile());
    TrakBox trak = movie.getTracks()[0];
    assertThat(movie.getTracks()).hasSize(1);
    assertThat(trak.getTrackHeader().getTrackId()).isEqualTo(track.id());
    assertThat(trak.getTimescale()).isEqualTo(track.timescale());
    String type = entryType(track.codec());
    Box entry = trak.getStsd().getBoxes().getFirst();
    assertThat(entry.getFourcc()).isEqualTo(type);
    assertThat(entry instanceof SampleEntry).isEqualTo(!UNKNOWN.contains(type));
    switch (track.codec()) {
      case VideoConfiguration video -> {
        assertThat(trak.getHandlerType()).isEqualTo("vide");
        VideoSampleEntry pictures =
            as(
                VideoSampleEntry::new,
                new BoxFactory(new VideoBoxes()),
                entry,
                VideoSampleEntry.class);
        checkPicture(pictures, video.picture(), type);
      }
      case AudioConfiguration audio -> {
        assertThat(trak.getHandlerType()).isEqualTo("soun");
        AudioSampleEntry sound =
            as(
                AudioSampleEntry::new,
                new BoxFactory(new AudioBoxes()),
                entry,
                AudioSampleEntry.class);
        assertThat(sound.getChannelCount()).isEqualTo((short) audio.outputChannels());
        assertThat(sound.getSampleSize()).isEqualTo((short) 16);
        assertThat(sound.getSampleRate()).isEqualTo(audio.outputSampleRate());
        assertThat(types(sound)).containsExactly(configurationType(type));
      }
    }
    checkRecord(entry, track.codec());
  }

  private static <T extends SampleEntry> T as(
      Function<Header, T> kind, IBoxFactory inside, Box entry, Class<T> known) {
    if (entry instanceof Box.LeafBox unknown) {
      T read = kind.apply(unknown.getHeader());
      read.setFactory(inside);
      read.parse(unknown.getData().duplicate());
      return read;
    }
    return known.cast(entry);
  }

  private static List<String> types(NodeBox box) {
    return box.getBoxes().stream().map(Box::getFourcc).toList();
  }

  private static void checkPicture(VideoSampleEntry entry, PictureFormat picture, String type) {
    assertThat(entry.getWidth()).isEqualTo(picture.width());
    assertThat(entry.getHeight()).isEqualTo(picture.height());
    List<String> expected = new ArrayList<>(List.of(configurationType(type)));
    if (picture.hasAspect()) {
      expected.add("pasp");
      PixelAspectExt pasp = NodeBox.findFirst(entry, PixelAspectExt.class, "pasp");
      assertThat(pasp.gethSpacing()).isEqualTo(picture.aspectWidth());
      assertThat(pasp.getvSpacing()).isEqualTo(picture.aspectHeight());
    }
    if (picture.colour() != null) {
      expected.add("colr");
      ColorExtension colr = NodeBox.findFirst(entry, ColorExtension.class, "colr");
      assertThat(colr.getPrimariesIndex()).isEqualTo((short) picture.colour().primaries());
      assertThat(colr.getTransferFunctionIndex()).isEqualTo((short) picture.colour().transfer());
      assertThat(colr.getMatrixIndex()).isEqualTo((short) picture.colour().matrix());
    }
    if (picture.contentLight() != null) {
      expected.add("clli");
    }
    if (picture.masteringDisplay() != null) {
      expected.add("mdcv");
    }
    assertThat(types(entry)).isEqualTo(expected);
  }

  /**
   * Of the boxes with a decoder's configuration JCodec reads those of H.264 and AAC. It cannot read
   * an esds without a DecoderSpecificInfo, as that of MP3 is.
   */
  private static void checkRecord(Box entry, CodecConfiguration codec) {
    if (codec instanceof AvcConfiguration avc) {
      AvcCBox avcC = NodeBox.findFirst((NodeBox) entry, AvcCBox.class, "avcC");
      assertThat(avcC.getProfile()).isEqualTo(avc.record().unsigned(1));
      assertThat(avcC.getProfileCompat()).isEqualTo(avc.record().unsigned(2));
      assertThat(avcC.getLevel()).isEqualTo(avc.record().unsigned(3));
      assertThat(avcC.getNalLengthSize()).isEqualTo(4);
      assertThat(avcC.getSpsList()).hasSize(avc.record().unsigned(5) & 0x1F);
    } else if (codec instanceof AacConfiguration aac) {
      Box.LeafBox leaf = NodeBox.findFirst((NodeBox) entry, Box.LeafBox.class, "esds");
      EsdsBox esds = BoxUtil.as(EsdsBox.class, leaf);
      assertThat(esds.getObjectType()).isEqualTo(0x40);
      assertThat(Bytes.copyOf(esds.getStreamInfo())).isEqualTo(aac.record());
    }
  }

  List<Fragment> fragments() throws IOException {
    try (SeekableByteChannel channel = NIOUtils.readableChannel(file.toFile())) {
      return MP4Util.parseMovieFragments(channel).stream().map(JcodecMovie::fragment).toList();
    }
  }

  private static Fragment fragment(MovieFragmentBox moof) {
    assertThat(moof.getTracks()).hasSize(1);
    TrackFragmentBox traf = moof.getTracks()[0];
    TrackFragmentHeaderBox tfhd = NodeBox.findFirst(traf, TrackFragmentHeaderBox.class, "tfhd");
    TrackFragmentBaseMediaDecodeTimeBox tfdt =
        NodeBox.findFirst(traf, TrackFragmentBaseMediaDecodeTimeBox.class, "tfdt");
    TrunBox trun = NodeBox.findFirst(traf, TrunBox.class, "trun");
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < trun.getSampleCount(); i++) {
      samples.add(
          new Sample(
              trun.isSampleDurationAvailable()
                  ? trun.getSampleDuration(i)
                  : tfhd.getDefaultSampleDuration(),
              trun.getSampleSize(i),
              trun.isSampleFlagsAvailable() ? trun.getSampleFlags(i) : tfhd.getDefaultSampleFlags(),
              // JCodec reads the offset without its sign.
              trun.isSampleCompositionOffsetAvailable()
                  ? (int) trun.getSampleCompositionOffset(i)
                  : 0));
    }
    return new Fragment(
        moof.getSequenceNumber(), tfhd.getTrackId(), tfdt.getBaseMediaDecodeTime(), samples);
  }
}
