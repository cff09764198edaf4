package io.millrace.ingest;

/** Turns a growing count of bytes, seen from time to time, into a rate over the last few looks. */
final class RateMeter {
  private static final int LOOKS = 5;

  private final long[] bytes = new long[LOOKS];
  private final long[] timesNs = new long[LOOKS];
  private long looks;

  long bitsPerSecond(long totalBytes, long nowNs) {
    int at = (int) (looks % LOOKS);
    int oldest = looks < LOOKS ? 0 : at;
    long rate = 0;
    if (looks > 0 && nowNs > timesNs[oldest]) {
      rate = Math.round((totalBytes - bytes[oldest]) * 8e9 / (nowNs - timesNs[oldest]));
    }
    bytes[at] = totalBytes;
    timesNs[at] = nowNs;
    looks++;
    return rate;
  }
}
