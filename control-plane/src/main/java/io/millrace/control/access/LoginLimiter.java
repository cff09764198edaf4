package io.millrace.control.access;

import io.helidon.webserver.http.ServerRequest;
import io.millrace.control.http.Problem;
import io.millrace.limits.AddressBlock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds how often one address, or IPv6 prefix, may show a wrong token, wherever it shows it. The
 * right one never comes here: it cannot be guessed, and an address may be that of many. Any thread.
 */
final class LoginLimiter {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int MOST_ADDRESSES = 1_000;

  private final int most;
  private final Map<AddressBlock, Failures> failures = new Newest();

  LoginLimiter(int most) {
    this.most = most;
  }

  /** Counts the wrong token of a request; throws a problem, 429, where it was one too many. */
  void failed(ServerRequest request) {
    InetAddress address = ((InetSocketAddress) request.remotePeer().address()).getAddress();
    failed(address, System.nanoTime())
        .ifPresent(
            wait -> {
              throw Problem.tooMany(
                  "Too many wrong tokens from this address: wait a minute"
                      + " (control.wrong-tokens-per-minute)",
                  wait);
            });
  }

  /**
   * Counts a wrong token.
   *
   * @return for how long, in whole seconds, the address has none left; empty where it had one
   */
  synchronized Optional<Duration> failed(InetAddress address, long nowNs) {
    AddressBlock block = AddressBlock.of(address);
    Failures known = failures.get(block);
    if (known == null || nowNs - known.sinceNs() >= PERIOD.toNanos()) {
      failures.remove(block);
      failures.put(block, new Failures(nowNs, 1));
      return Optional.empty();
    }
    if (known.count() >= most) {
      Duration left = PERIOD.minusNanos(nowNs - known.sinceNs());
      return Optional.of(Duration.ofSeconds(left.plusSeconds(1).minusNanos(1).toSeconds()));
    }
    failures.remove(block);
    failures.put(block, new Failures(known.sinceNs(), known.count() + 1));
    return Optional.empty();
  }

  private record Failures(long sinceNs, int count) {}

  /** Forgets who has not failed for longest. */
  private static final class Newest extends LinkedHashMap<AddressBlock, Failures> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<AddressBlock, Failures> eldest) {
      return size() > MOST_ADDRESSES;
    }
  }
}
