package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import org.jspecify.annotations.Nullable;

/**
 * Collects a stream's HDR marks from where it carries them: SEI messages of H.264 (annex D) and
 * H.265 (annex D), metadata OBUs of AV1 (5.8). Marks that cannot be read are left out.
 */
final class HdrMarks {
  private static final int MASTERING_DISPLAY = 137;
  private static final int CONTENT_LIGHT = 144;

  /** What tells of HDR stands before long messages such as captions. */
  private static final int MOST_SEI_BYTES = 4_096;

  private static final int AV1_CONTENT_LIGHT = 1;
  private static final int AV1_MASTERING_DISPLAY = 2;

  private @Nullable MasteringDisplay masteringDisplay;
  private @Nullable ContentLight contentLight;

  /**
   * Reads the messages of a NAL unit.
   *
   * @param payload after the NAL unit's header
   */
  void addSei(Bytes payload) {
    BitReader in =
        BitReader.ofNalUnit(payload.slice(0, Math.min(payload.length(), MOST_SEI_BYTES)));
    try {
      // The last byte is the stop bit's.
      while (in.remaining() > 16) {
        long type = variable(in);
        long size = variable(in);
        if (type == MASTERING_DISPLAY && size == 24) {
          masteringDisplay = masteringDisplay(in);
        } else if (type == CONTENT_LIGHT && size == 4) {
          contentLight = new ContentLight(in.smallBits(16), in.smallBits(16));
        } else if (size > in.remaining() / 8) {
          return;
        } else {
          in.skip(8 * (int) size);
        }
      }
    } catch (MalformedMediaException e) {
      // What was read before the break holds.
    }
  }

  /** Reads a metadata OBU's payload. */
  void addMetadataObu(Bytes payload) {
    BitReader in = new BitReader(payload);
    try {
      int type = in.smallBits(8);
      if (type == AV1_CONTENT_LIGHT) {
        contentLight = new ContentLight(in.smallBits(16), in.smallBits(16));
      } else if (type == AV1_MASTERING_DISPLAY) {
        Chromaticity red = fixedPoint(in);
        Chromaticity green = fixedPoint(in);
        Chromaticity blue = fixedPoint(in);
        Chromaticity white = fixedPoint(in);
        // 24.8 and 18.14 fixed point, cd/m².
        long max = (in.bits(32) * 10_000) >> 8;
        long min = (in.bits(32) * 10_000) >> 14;
        masteringDisplay = new MasteringDisplay(green, blue, red, white, most32(max), most32(min));
      }
    } catch (MalformedMediaException e) {
      // A picture can be shown without.
    }
  }

  /** The picture with the marks that were found; what was not found stays. */
  PictureFormat addTo(PictureFormat picture) {
    if (masteringDisplay == null && contentLight == null) {
      return picture;
    }
    return picture.withHdr(
        masteringDisplay == null ? picture.masteringDisplay() : masteringDisplay,
        contentLight == null ? picture.contentLight() : contentLight);
  }

  private static MasteringDisplay masteringDisplay(BitReader in) {
    Chromaticity green = new Chromaticity(in.smallBits(16), in.smallBits(16));
    Chromaticity blue = new Chromaticity(in.smallBits(16), in.smallBits(16));
    Chromaticity red = new Chromaticity(in.smallBits(16), in.smallBits(16));
    Chromaticity white = new Chromaticity(in.smallBits(16), in.smallBits(16));
    return new MasteringDisplay(green, blue, red, white, in.bits(32), in.bits(32));
  }

  /** 0.16 fixed point. */
  private static Chromaticity fixedPoint(BitReader in) {
    return Chromaticity.of(in.smallBits(16) / 65_536.0, in.smallBits(16) / 65_536.0);
  }

  private static long most32(long value) {
    return Math.min(value, 0xFFFF_FFFFL);
  }

  /** A number of ff bytes and a last one (H.264 7.3.2.3.1). */
  private static long variable(BitReader in) {
    long value = 0;
    int next = in.smallBits(8);
    while (next == 0xFF) {
      value += next;
      next = in.smallBits(8);
    }
    return value + next;
  }
}
