package io.millrace.control.http;

import java.time.Duration;

/**
 * Says what clients of the API may cost.
 *
 * @param mostConnections TCP connections at a time
 * @param mostTargetBytes a request line; beyond it 414, or 400
 * @param mostHeadBytes a request's headers; beyond it 431, or 400
 * @param mostBodyBytes a request's body; beyond it 413
 * @param idleTimeout how long a connection may send nothing
 * @param headTimeout from a request's first line to its last header
 * @param requestTimeout from a request with a body to its answer
 */
public record ApiLimits(
    int mostConnections,
    int mostTargetBytes,
    int mostHeadBytes,
    int mostBodyBytes,
    Duration idleTimeout,
    Duration headTimeout,
    Duration requestTimeout) {
  public ApiLimits {
    within("mostConnections", mostConnections, 1, 100_000);
    within("mostTargetBytes", mostTargetBytes, 256, 65_536);
    within("mostHeadBytes", mostHeadBytes, 1_024, 1 << 20);
    within("mostBodyBytes", mostBodyBytes, 1_024, 64 << 20);
    positive("idleTimeout", idleTimeout);
    positive("headTimeout", headTimeout);
    positive("requestTimeout", requestTimeout);
  }

  public static ApiLimits defaults() {
    return new ApiLimits(
        /* mostConnections= */ 2_000,
        /* mostTargetBytes= */ 4 << 10,
        /* mostHeadBytes= */ 16 << 10,
        /* mostBodyBytes= */ 1 << 20,
        /* idleTimeout= */ Duration.ofSeconds(30),
        /* headTimeout= */ Duration.ofSeconds(10),
        /* requestTimeout= */ Duration.ofSeconds(30));
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException("%s: %s (expected: above 0)".formatted(name, value));
    }
  }
}
