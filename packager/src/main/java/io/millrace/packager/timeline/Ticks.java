package io.millrace.packager.timeline;

/**
 * Converts between nanoseconds and the ticks of a timescale, without overflow and without drift.
 */
public final class Ticks {
  private static final long SECOND_NS = 1_000_000_000L;

  private Ticks() {}

  /** Rounded down. */
  public static long toNs(long ticks, int timescale) {
    long seconds = Math.floorDiv(ticks, timescale);
    long rest = Math.floorMod(ticks, timescale);
    return seconds * SECOND_NS + rest * SECOND_NS / timescale;
  }

  /** Rounded to the nearest tick. */
  public static long ofNs(long ns, int timescale) {
    long seconds = Math.floorDiv(ns, SECOND_NS);
    long rest = Math.floorMod(ns, SECOND_NS);
    return seconds * timescale + (rest * timescale + SECOND_NS / 2) / SECOND_NS;
  }

  /** Rounded down. */
  public static long floorOfNs(long ns, int timescale) {
    long seconds = Math.floorDiv(ns, SECOND_NS);
    long rest = Math.floorMod(ns, SECOND_NS);
    return seconds * timescale + rest * timescale / SECOND_NS;
  }
}
