package io.millrace.media.track;

/**
 * Holds how bright the content becomes (CTA-861.3; the box {@code clli}, ISO 14496-12 12.1.6; the
 * SEI message 144 of H.264 and H.265).
 *
 * @param maxContent MaxCLL, cd/m²
 * @param maxFrameAverage MaxFALL, cd/m²
 */
public record ContentLight(int maxContent, int maxFrameAverage) {
  public ContentLight {
    Limits.check("MaxCLL", maxContent, 0, 0xFFFF);
    Limits.check("MaxFALL", maxFrameAverage, 0, 0xFFFF);
  }
}
