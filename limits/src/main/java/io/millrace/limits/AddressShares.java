package io.millrace.limits;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what each {@link AddressBlock} has of something, up to a limit. Knows only those that have
 * some. Any thread.
 */
public final class AddressShares {
  private final int max;
  private final ConcurrentHashMap<AddressBlock, Integer> byAddress = new ConcurrentHashMap<>();

  /**
   * Nobody has anything.
   *
   * @param max what one address may have at a time
   */
  public AddressShares(int max) {
    this.max = max;
  }

  /** Whether the address may have one more, which is counted then until it is given back. */
  public boolean take(AddressBlock address) {
    if (byAddress.merge(address, 1, Integer::sum) > max) {
      giveBack(address);
      return false;
    }
    return true;
  }

  /** The address has one less of those that it took. */
  public void giveBack(AddressBlock address) {
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  /** How many addresses have some. */
  public int addresses() {
    return byAddress.size();
  }
}
