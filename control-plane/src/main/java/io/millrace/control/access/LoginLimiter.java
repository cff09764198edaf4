package io.millrace.control.access;

import io.millrace.limits.AddressBlock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bounds how often one address, or IPv6 prefix, may try a wrong token. Any thread. */
final class LoginLimiter {
  private static final long PERIOD_NS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_ADDRESSES = 1_000;

  private final int most;
  private final Map<AddressBlock, Failures> failures = new Newest();

  LoginLimiter(int most) {
    this.most = most;
  }

  synchronized boolean allows(InetAddress address, long nowNs) {
    Failures known = failures.get(AddressBlock.of(address));
    return known == null || known.count() < most || nowNs - known.sinceNs() >= PERIOD_NS;
  }

  synchronized void failed(InetAddress address, long nowNs) {
    AddressBlock block = AddressBlock.of(address);
    Failures known = failures.remove(block);
    if (known != null && nowNs - known.sinceNs() < PERIOD_NS) {
      failures.put(block, new Failures(known.sinceNs(), known.count() + 1));
    } else {
      failures.put(block, new Failures(nowNs, 1));
    }
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
