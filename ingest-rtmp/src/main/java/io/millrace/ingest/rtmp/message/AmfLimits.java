package io.millrace.ingest.rtmp.message;

/**
 * Holds what the AMF0 values of one message may cost.
 *
 * @param maxDepth of objects and arrays within each other
 * @param maxValues in all
 * @param maxTextBytes of one text or name
 */
public record AmfLimits(int maxDepth, int maxValues, int maxTextBytes) {
  /** The reader calls itself for each level: deeper than this, and the stack would be at stake. */
  private static final int MOST_DEPTH = 256;

  public AmfLimits {
    check("rtmp.max-amf-depth", maxDepth, MOST_DEPTH);
    check("rtmp.max-amf-values", maxValues, 1_000_000);
    check("rtmp.max-amf-text-bytes", maxTextBytes, 0xFFFFFF);
  }

  public static AmfLimits defaults() {
    return new AmfLimits(16, 4_096, 64 << 10);
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
    }
  }
}
