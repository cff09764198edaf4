package io.millrace.limits;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits how often one {@link AddressBlock} may ask: so often in a second, and what two seconds
 * allow at once. Any thread.
 *
 * <p>All that it keeps is until when what was asked would have lasted, had it come evenly: asking
 * is one atomic operation, and takes no memory.
 */
public final class AddressRate {
  private static final long RESERVE_NS = TimeUnit.SECONDS.toNanos(2);
  private static final AddressRate UNLIMITED = new AddressRate();

  private final Optional<AddressBlock> address;

  /** 0: no limit. */
  private final long intervalNs;

  private final AtomicLong spentUntilNs;
  private final AtomicInteger lines = new AtomicInteger();

  /** Changed where {@link AddressRates} has its entry locked. */
  final AtomicInteger connections = new AtomicInteger();

  private AddressRate() {
    this.address = Optional.empty();
    this.intervalNs = 0;
    this.spentUntilNs = new AtomicLong();
  }

  AddressRate(AddressBlock address, int perSecond, long nowNs) {
    this.address = Optional.of(address);
    this.intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.spentUntilNs = new AtomicLong(nowNs);
  }

  /** One of no address, that is never used up. */
  public static AddressRate unlimited() {
    return UNLIMITED;
  }

  /** Whose it is; empty where there is no limit. */
  public Optional<AddressBlock> address() {
    return address;
  }

  /** Whether it may be asked now, which is counted then. */
  public boolean take(long nowNs) {
    if (intervalNs == 0) {
      return true;
    }
    while (true) {
      long spentUntil = spentUntilNs.get();
      long next = (isAfter(spentUntil, nowNs) ? spentUntil : nowNs) + intervalNs;
      if (isAfter(next, nowNs + RESERVE_NS)) {
        return false;
      }
      if (spentUntilNs.compareAndSet(spentUntil, next)) {
        return true;
      }
    }
  }

  /** Whether nothing is left of what was asked. */
  boolean isWhole(long nowNs) {
    return !isAfter(spentUntilNs.get(), nowNs);
  }

  private static boolean isAfter(long aNs, long bNs) {
    return aNs - bNs > 0;
  }

  /** A thread lets those of this address wait in a line from now on, or does no longer (-1). */
  public void lines(int change) {
    lines.addAndGet(change);
  }

  /** How many of one line go on in this time, so that all lines move; one at least. */
  public long shareOfLine(long overNs) {
    return intervalNs == 0
        ? Long.MAX_VALUE
        : Math.max(1, overNs / intervalNs / Math.max(1, lines.get()));
  }
}
