package io.millrace.media.channel;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes identifiers that sort by the time of their making: UUID version 7 (RFC 9562, 5.7). */
public final class TimeOrderedUuid {
  private TimeOrderedUuid() {}

  /** A new identifier for the instant {@code epochMs} (milliseconds of Unix time). */
  public static UUID at(long epochMs, RandomGenerator random) {
    long high = (epochMs << 16) | 0x7000 | (random.nextLong() & 0x0FFF);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
