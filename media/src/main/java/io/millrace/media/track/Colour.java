package io.millrace.media.track;

/**
 * Holds how sample values become colours (ISO 23091-2, {@code nclx} of ISO 14496-12 12.1.5).
 *
 * @param primaries colour_primaries
 * @param transfer transfer_characteristics
 * @param matrix matrix_coefficients
 * @param fullRange whether values use the whole range
 */
public record Colour(int primaries, int transfer, int matrix, boolean fullRange) {
  /** What the standard calls unspecified, of each of the three. */
  public static final int UNSPECIFIED = 2;

  /** Where the range is all that a stream tells. */
  static final Colour UNSPECIFIED_FULL_RANGE =
      new Colour(UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, true);

  public Colour {
    Limits.check("colour primaries", primaries, 0, 255);
    Limits.check("transfer characteristics", transfer, 0, 255);
    Limits.check("matrix coefficients", matrix, 0, 255);
  }

  /** Whether it tells nothing. */
  boolean isUnspecified() {
    return isOfRangeAlone() && !fullRange;
  }

  /** Whether it tells nothing but the range. */
  public boolean isOfRangeAlone() {
    return primaries == UNSPECIFIED && transfer == UNSPECIFIED && matrix == UNSPECIFIED;
  }

  /** The same colour of another range. */
  public Colour withFullRange(boolean full) {
    return new Colour(primaries, transfer, matrix, full);
  }
}
