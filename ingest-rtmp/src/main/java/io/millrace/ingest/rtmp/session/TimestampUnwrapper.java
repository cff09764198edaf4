package io.millrace.ingest.rtmp.session;

/**
 * Turns a connection's 32-bit timestamps into times that do not wrap. Audio and video share one, so
 * that they wrap together.
 *
 * <p>Most encoders wrap at 2³² ms; OBS clears the highest bit and wraps at 2³¹, and sends a time
 * below 0 at the start of a stream as one shortly before 2³¹.
 */
final class TimestampUnwrapper {
  private static final long HALF = 1L << 31;

  /** A step so near to 2³¹ is a wrap at 2³¹, not 24 days. */
  private static final long NEAR = 600_000;

  /** A first timestamp so near to the end of its range is one below 0. */
  private static final long NEGATIVE = 60_000;

  private boolean started;
  private int last;
  private long unwrapped;

  long unwrap(int timestamp) {
    if (started) {
      unwrapped += step(timestamp - last);
    } else {
      started = true;
      unwrapped = first(timestamp);
    }
    last = timestamp;
    return unwrapped;
  }

  private static long first(int timestamp) {
    long value = Integer.toUnsignedLong(timestamp);
    if (value >= 2 * HALF - NEGATIVE) {
      return value - 2 * HALF;
    }
    return value >= HALF - NEGATIVE && value < HALF ? value - HALF : value;
  }

  private static long step(int difference) {
    if (difference > HALF - NEAR) {
      return difference - HALF;
    }
    return difference < NEAR - HALF ? difference + HALF : difference;
  }
}
