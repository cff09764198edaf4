package io.millrace.server.health;

import java.time.Duration;

/**
 * Says what those who watch over the process may cost it.
 *
 * @param mostConnections connections at a time; one more is closed
 * @param mostPerAddress of them from one address, of IPv6 from one /64 prefix
 * @param mostHeadBytes a request's head; beyond it 431, its first line 414
 * @param timeout from a connection's beginning to the end of its one answer
 */
public record HealthLimits(
    int mostConnections, int mostPerAddress, int mostHeadBytes, Duration timeout) {
  public HealthLimits {
    atLeast("metrics.max-connections", mostConnections, 1);
    atLeast("metrics.max-connections-per-address", mostPerAddress, 1);
    atLeast("metrics.max-head-bytes", mostHeadBytes, 256);
    atLeast("metrics.timeout", timeout, Duration.ofMillis(1));
  }

  public static HealthLimits defaults() {
    return new HealthLimits(
        /* mostConnections= */ 64,
        /* mostPerAddress= */ 32,
        /* mostHeadBytes= */ 8_192,
        Duration.ofSeconds(10));
  }

  private static <T extends Comparable<T>> void atLeast(String name, T value, T least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s or more)".formatted(name, value, least));
    }
  }
}
