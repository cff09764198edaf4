package io.millrace.limits;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives all connections of an {@link AddressBlock} the one {@link AddressRate} that they share. Any
 * thread.
 *
 * <p>It outlives the last connection for as long as it is not whole again: who connects anew does
 * not get another.
 */
public final class AddressRates {
  private final int perSecond;
  private final ConcurrentHashMap<AddressBlock, AddressRate> byAddress = new ConcurrentHashMap<>();

  /**
   * Rates of no address yet.
   *
   * @param perSecond how often one address may ask; 0: as often as it likes
   */
  public AddressRates(int perSecond) {
    this.perSecond = perSecond;
  }

  /** The rate of a connection that comes, until it leaves. */
  public AddressRate enter(InetAddress address, long nowNs) {
    if (perSecond == 0) {
      return AddressRate.unlimited();
    }
    return byAddress.compute(
        AddressBlock.of(address),
        (block, known) -> {
          AddressRate rate = known == null ? new AddressRate(block, perSecond, nowNs) : known;
          rate.connections.incrementAndGet();
          return rate;
        });
  }

  /** A connection is gone. */
  public void leave(AddressRate rate) {
    rate.address()
        .ifPresent(
            block ->
                byAddress.computeIfPresent(
                    block,
                    (key, same) -> {
                      same.connections.decrementAndGet();
                      return same;
                    }));
  }

  /** Forgets those that have no connection and are whole; to be called now and then. */
  public void forget(long nowNs) {
    byAddress.forEach(
        (block, rate) -> {
          if (isOver(rate, nowNs)) {
            byAddress.computeIfPresent(block, (key, same) -> isOver(same, nowNs) ? null : same);
          }
        });
  }

  private static boolean isOver(AddressRate rate, long nowNs) {
    return rate.connections.get() == 0 && rate.isWhole(nowNs);
  }

  /** How many addresses it knows. */
  public int count() {
    return byAddress.size();
  }
}
