package io.millrace.media.flv;

/**
 * Counts for how long frames of a track come that nothing tells how to decode, by the stream's own
 * time. Confined to one thread.
 */
final class UntoldFrames {
  private static final int MOST_MS = 10_000;

  /** Where the time jumps, nothing lasted as long. */
  private static final int MOST_STEP_MS = 1_000;

  private boolean begun;
  private int lastMs;
  private int waitedMs;

  /**
   * Takes one.
   *
   * @param timestampMs 32 bits, which wrap
   * @return whether they have come for too long
   */
  boolean isTooLong(int timestampMs) {
    waitedMs += begun ? Math.clamp(timestampMs - lastMs, 0, MOST_STEP_MS) : 0;
    begun = true;
    lastMs = timestampMs;
    return waitedMs >= MOST_MS;
  }

  /** Something was decodable. */
  void end() {
    begun = false;
    waitedMs = 0;
  }

  static FlvEvent refused(String codec, String mend) {
    return new FlvEvent.Refused(
        "%s came for %d s without a configuration: %s".formatted(codec, MOST_MS / 1_000, mend));
  }
}
