package io.millrace.delivery.reload;

import io.millrace.media.hls.MultivariantPlaylist.Picture;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.VideoConfiguration;
import org.jspecify.annotations.Nullable;

/** Says of a codec's configuration what variants say of their picture (RFC 8216bis 4.4.6.2). */
final class Pictures {
  /** Transfer characteristics (ITU-T H.273 8.2): SMPTE ST 2084, and ARIB STD-B67. */
  private static final int TRANSFER_PQ = 16;

  private static final int TRANSFER_HLG = 18;

  /** The ratio is any two numbers of 16 bits that the encoder says. */
  private static final int MOST_WIDTH = 65_535;

  private Pictures() {}

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
