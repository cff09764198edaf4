package io.millrace.media.track;

/**
 * Holds the display that a picture was mastered on (SMPTE ST 2086; the box {@code mdcv}, ISO
 * 14496-12 12.1.7; the SEI message 137 of H.264 and H.265). Chromaticities in steps of 0.00002,
 * luminances in steps of 0.0001 cd/m².
 */
public record MasteringDisplay(
    Chromaticity green,
    Chromaticity blue,
    Chromaticity red,
    Chromaticity white,
    long maxLuminance,
    long minLuminance) {
  /** A point of CIE 1931. */
  public record Chromaticity(int x, int y) {
    public Chromaticity {
      Limits.check("chromaticity x", x, 0, 0xFFFF);
      Limits.check("chromaticity y", y, 0, 0xFFFF);
    }

    /** Of a number between 0 and 1. */
    public static Chromaticity of(double x, double y) {
      return new Chromaticity(steps(x), steps(y));
    }

    private static int steps(double value) {
      return Math.clamp(Math.round(value * 50_000), 0, 0xFFFF);
    }
  }

  public MasteringDisplay {
    Limits.check("mastering display's maximum luminance", maxLuminance, 0, 0xFFFF_FFFFL);
    Limits.check("mastering display's minimum luminance", minLuminance, 0, 0xFFFF_FFFFL);
  }
}
