package io.millrace.control.http;

import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;

/**
 * Says what clients of the API may cost.
 *
 * @param mostConnections TCP connections at a time
 * @param mostConnectionsPerAddress of those from one address
 * @param requestsPerSecondPerAddress that one address may make, and what two seconds allow at once;
 *     further ones wait for up to 2 s, and are answered 429 then; 0: no limit
 * @param mostTargetBytes a request line; beyond it 414
 * @param mostHeadBytes a request's headers; beyond it 431
 * @param mostBodyBytes a request's body; beyond it 413
 * @param mostRequestBytes of all requests that are being read; beyond it whoever has more than an
 *     equal share is answered 503
 * @param idleTimeout how long a connection may send nothing
 * @param headTimeout from a connection to its first request, and from a request's first line to its
 *     last header
 * @param requestTimeout from a request's head to the end of its answer, taken by the client; of an
 *     event stream, for each event
 */
public record ApiLimits(
    int mostConnections,
    int mostConnectionsPerAddress,
    int requestsPerSecondPerAddress,
    int mostTargetBytes,
    int mostHeadBytes,
    int mostBodyBytes,
    long mostRequestBytes,
    Duration idleTimeout,
    Duration headTimeout,
    Duration requestTimeout,
    int wrongTokensPerMinute) {
  public ApiLimits {
    within("control.max-connections", mostConnections, 1, 100_000);
    within("control.max-connections-per-address", mostConnectionsPerAddress, 1, 100_000);
    within("control.max-requests-per-second", requestsPerSecondPerAddress, 0, 1_000_000);
    within("control.max-request-line-bytes", mostTargetBytes, 256, 65_536);
    within("control.max-head-bytes", mostHeadBytes, 1_024, 1 << 20);
    within("control.max-body-bytes", mostBodyBytes, 1_024, 64 << 20);
    atLeast("control.max-all-request-bytes", mostRequestBytes, 1L << 20);
    atLeast("control.idle-timeout", idleTimeout, Duration.ofSeconds(1));
    atLeast("control.head-timeout", headTimeout, Duration.ofMillis(1));
    atLeast("control.request-timeout", requestTimeout, Duration.ofMillis(1));
    within("control.wrong-tokens-per-minute", wrongTokensPerMinute, 1, 1_000_000);
  }

  /** Has {@link #of} find these limits at the request. */
  public void attachTo(ServerRequest request) {
    request.context().register(this);
  }

  /** Those that were attached to the request. */
  static ApiLimits of(ServerRequest request) {
    return request
        .context()
        .get(ApiLimits.class)
        .orElseThrow(() -> new IllegalStateException("no limits are attached to the request"));
  }

  public static ApiLimits defaults() {
    return new ApiLimits(
        /* mostConnections= */ 2_000,
        /* mostConnectionsPerAddress= */ 1_000,
        /* requestsPerSecondPerAddress= */ 200,
        /* mostTargetBytes= */ 4 << 10,
        /* mostHeadBytes= */ 16 << 10,
        /* mostBodyBytes= */ 64 << 10,
        usualRequestBytes(),
        /* idleTimeout= */ Duration.ofSeconds(30),
        /* headTimeout= */ Duration.ofSeconds(10),
        /* requestTimeout= */ Duration.ofSeconds(30),
        /* wrongTokensPerMinute= */ 20);
  }

  /** 64 MiB, less where the heap is small. */
  public static long usualRequestBytes() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 16, 1L << 20, 64L << 20);
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
  }

  private static <T extends Comparable<T>> void atLeast(String name, T value, T least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s or more)".formatted(name, value, least));
    }
  }
}
