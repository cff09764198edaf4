package io.millrace.delivery.reload;

import io.millrace.media.hls.MultivariantPlaylist.Picture;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.VideoConfiguration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says of a codec's configuration what variants say of their picture (RFC 8216bis 4.4.6.2). */
final class Pictures {
  /** Transfer characteristics (ITU-T H.273 8.2): SMPTE ST 2084, and ARIB STD-B67. */
  private static final int TRANSFER_PQ = 16;

  private static final int TRANSFER_HLG = 18;

  /** The ratio is any two numbers of 16 bits that the encoder says. */
  private static final int MOST_WIDTH = 65_535;

  /**
   * What a variant with pictures of several ranges is said to have is the last of them in this
   * order: HLG with SDR beside it is HLG, and PQ with either PQ (RFC 8216bis 4.4.6.2, VIDEO-RANGE).
   */
  private static final List<String> RANGES = List.of("SDR", "HLG", "PQ");

  private Pictures() {}

  /** Of all that a variant is made with: the largest size and rate that there are; null: sound. */
  static @Nullable Picture ofAll(List<CodecConfiguration> codecs) {
    Picture all = null;
    for (CodecConfiguration codec : codecs) {
      Picture one = of(codec);
      all = all == null || one == null ? one : both(all, one);
    }
    return all;
  }

  private static Picture both(Picture one, Picture other) {
    Picture larger = pixels(other) > pixels(one) ? other : one;
    int range = Math.max(RANGES.indexOf(one.videoRange()), RANGES.indexOf(other.videoRange()));
    return new Picture(
        larger.width(),
        larger.height(),
        Math.max(one.frameRate(), other.frameRate()),
        RANGES.get(range));
  }

  private static long pixels(Picture picture) {
    return (long) picture.width() * picture.height();
  }

  /** Null for sound. */
  static @Nullable Picture of(CodecConfiguration codec) {
    return switch (codec) {
      case VideoConfiguration video -> of(video.picture());
      case AudioConfiguration _ -> null;
    };
  }

  /** RESOLUTION is that of the display: samples that are not square count as wide as they are. */
  private static Picture of(PictureFormat picture) {
    int width = picture.width();
    if (picture.hasAspect()) {
      double displayed = (double) width * picture.aspectWidth() / picture.aspectHeight();
      width = (int) Math.min(MOST_WIDTH, Math.round(displayed));
    }
    int transfer = picture.colour() == null ? 0 : picture.colour().transfer();
    return new Picture(width, picture.height(), picture.frameRate(), videoRange(transfer));
  }

  private static String videoRange(int transfer) {
    return switch (transfer) {
      case TRANSFER_PQ -> "PQ";
      case TRANSFER_HLG -> "HLG";
      default -> "SDR";
    };
  }
}
