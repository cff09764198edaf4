package io.millrace.control.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bounds how often one address may try a wrong token. Any thread. */
final class LoginLimiter {
  private static final long PERIOD_NS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_ADDRESSES = 1_000;

  private record Failures(long sinceNs, int count) {}

  private final Map<String, Failures> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  private final int most;

  LoginLimiter(int most) {
    this.most = most;
  }

  synchronized boolean allows(String address, long nowNs) {
    Failures known = failures.get(address);
    return known == null || known.count() < most || nowNs - known.sinceNs() >= PERIOD_NS;
  }

  synchronized void failed(String address, long nowNs) {
    Failures known = failures.remove(address);
    if (known != null && nowNs - known.sinceNs() < PERIOD_NS) {
      failures.put(address, new Failures(known.sinceNs(), known.count() + 1));
    } else {
      failures.put(address, new Failures(nowNs, 1));
    }
  }
}
