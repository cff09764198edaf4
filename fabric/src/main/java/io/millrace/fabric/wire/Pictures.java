package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.PictureFieldsDecoder;
import io.millrace.fabric.wire.sbe.PictureFieldsEncoder;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.MasteringDisplay;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import io.millrace.media.track.PictureFormat;

/** Writes and reads what is known of a track's pictures. */
final class Pictures {
  static final PictureFormat NONE = new PictureFormat(0, 0, 0, 0, 0, 0, 0, null, null, null);

  private static final int COLOUR = 1;
  private static final int MASTERING_DISPLAY = 2;
  private static final int CONTENT_LIGHT = 4;

  private static final Colour NO_COLOUR = new Colour(0, 0, 0, false);
  private static final Chromaticity NO_POINT = new Chromaticity(0, 0);
  private static final MasteringDisplay NO_DISPLAY =
      new MasteringDisplay(NO_POINT, NO_POINT, NO_POINT, NO_POINT, 0, 0);
  private static final ContentLight NO_LIGHT = new ContentLight(0, 0);

  private Pictures() {}

  static void put(PictureFieldsEncoder out, PictureFormat picture) {
    Colour colour = picture.colour();
    MasteringDisplay display = picture.masteringDisplay();
    ContentLight light = picture.contentLight();
    int told =
        (colour == null ? 0 : COLOUR)
            | (display == null ? 0 : MASTERING_DISPLAY)
            | (light == null ? 0 : CONTENT_LIGHT);
    out.width(picture.width())
        .height(picture.height())
        .aspectWidth(picture.aspectWidth())
        .aspectHeight(picture.aspectHeight())
        .frameRate(picture.frameRate())
        .bitDepth((short) picture.bitDepth())
        .chromaFormat((short) picture.chromaFormat())
        .told((short) told);
    put(out, colour == null ? NO_COLOUR : colour);
    put(out, display == null ? NO_DISPLAY : display);
    put(out, light == null ? NO_LIGHT : light);
  }

  private static void put(PictureFieldsEncoder out, Colour colour) {
    out.fullRange((short) (colour.fullRange() ? 1 : 0))
        .primaries((short) colour.primaries())
        .transfer((short) colour.transfer())
        .matrix((short) colour.matrix());
  }

  private static void put(PictureFieldsEncoder out, MasteringDisplay display) {
    out.greenX(display.green().x())
        .greenY(display.green().y())
        .blueX(display.blue().x())
        .blueY(display.blue().y())
        .redX(display.red().x())
        .redY(display.red().y())
        .whiteX(display.white().x())
        .whiteY(display.white().y())
        .maxLuminance(display.maxLuminance())
        .minLuminance(display.minLuminance());
  }

  private static void put(PictureFieldsEncoder out, ContentLight light) {
    out.maxContent(light.maxContent()).maxFrameAverage(light.maxFrameAverage());
  }

  /** Reads it; throws MalformedMediaException where a value is out of its range. */
  static PictureFormat read(PictureFieldsDecoder in) {
    int told = in.told();
    return new PictureFormat(
        in.width(),
        in.height(),
        Math.toIntExact(in.aspectWidth()),
        Math.toIntExact(in.aspectHeight()),
        in.frameRate(),
        in.bitDepth(),
        in.chromaFormat(),
        (told & COLOUR) == 0 ? null : colour(in),
        (told & MASTERING_DISPLAY) == 0 ? null : masteringDisplay(in),
        (told & CONTENT_LIGHT) == 0
            ? null
            : new ContentLight(in.maxContent(), in.maxFrameAverage()));
  }

  private static Colour colour(PictureFieldsDecoder in) {
    return new Colour(in.primaries(), in.transfer(), in.matrix(), in.fullRange() != 0);
  }

  private static MasteringDisplay masteringDisplay(PictureFieldsDecoder in) {
    return new MasteringDisplay(
        new Chromaticity(in.greenX(), in.greenY()),
        new Chromaticity(in.blueX(), in.blueY()),
        new Chromaticity(in.redX(), in.redY()),
        new Chromaticity(in.whiteX(), in.whiteY()),
        in.maxLuminance(),
        in.minLuminance());
  }
}
