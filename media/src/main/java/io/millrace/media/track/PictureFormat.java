package io.millrace.media.track;

import io.millrace.media.MalformedMediaException;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is known of a stream's pictures.
 *
 * @param width after cropping, luma samples; 0 where it is not told
 * @param height after cropping, luma samples; 0 where it is not told
 * @param aspectWidth of one sample; 0 where unknown
 * @param aspectHeight of one sample; 0 where unknown
 * @param frameRate frames a second, the highest; as the stream declares it, or measured where it
 *     does not; 0 where it is not known
 * @param bitDepth of luma samples; 0 where it is not told
 * @param chromaFormat chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @param colour null where the stream does not describe it
 * @param masteringDisplay null where the stream does not describe it
 * @param contentLight null where the stream does not describe it
 */
public record PictureFormat(
    int width,
    int height,
    int aspectWidth,
    int aspectHeight,
    double frameRate,
    int bitDepth,
    int chromaFormat,
    @Nullable Colour colour,
    @Nullable MasteringDisplay masteringDisplay,
    @Nullable ContentLight contentLight) {
  private static final int MOST_PIXELS = 65_536;

  public PictureFormat {
    Limits.check("picture width", width, 0, MOST_PIXELS);
    Limits.check("picture height", height, 0, MOST_PIXELS);
    Limits.check("sample aspect width", aspectWidth, 0, 0xFFFF_FFFFL);
    Limits.check("sample aspect height", aspectHeight, 0, 0xFFFF_FFFFL);
    Limits.check("bit depth", bitDepth, 0, 16);
    Limits.check("chroma format", chromaFormat, 0, 3);
    if (!(frameRate >= 0 && frameRate < Double.POSITIVE_INFINITY)) {
      throw new MalformedMediaException("frame rate: " + frameRate + " (expected: 0 or more)");
    }
  }

  /** A picture of which no more is known; 8 bits, 4:2:0. */
  public static PictureFormat of(int width, int height, double frameRate) {
    return new PictureFormat(width, height, 0, 0, frameRate, 8, 1, null, null, null);
  }

  public boolean hasAspect() {
    return aspectWidth > 0 && aspectHeight > 0;
  }

  public PictureFormat withSize(int newWidth, int newHeight) {
    return new PictureFormat(
        newWidth,
        newHeight,
        aspectWidth,
        aspectHeight,
        frameRate,
        bitDepth,
        chromaFormat,
        colour,
        masteringDisplay,
        contentLight);
  }

  public PictureFormat withFrameRate(double newFrameRate) {
    return new PictureFormat(
        width,
        height,
        aspectWidth,
        aspectHeight,
        newFrameRate,
        bitDepth,
        chromaFormat,
        colour,
        masteringDisplay,
        contentLight);
  }

  public PictureFormat withColour(@Nullable Colour newColour) {
    return new PictureFormat(
        width,
        height,
        aspectWidth,
        aspectHeight,
        frameRate,
        bitDepth,
        chromaFormat,
        newColour,
        masteringDisplay,
        contentLight);
  }

  public PictureFormat withHdr(
      @Nullable MasteringDisplay newMasteringDisplay, @Nullable ContentLight newContentLight) {
    return new PictureFormat(
        width,
        height,
        aspectWidth,
        aspectHeight,
        frameRate,
        bitDepth,
        chromaFormat,
        colour,
        newMasteringDisplay,
        newContentLight);
  }
}
