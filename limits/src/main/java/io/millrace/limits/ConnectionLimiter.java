package io.millrace.limits;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, in all and by address, or IPv6 prefix. Any thread. */
public final class ConnectionLimiter {
  /** Says what becomes of a connection. */
  public enum Admission {
    /** It is counted until it leaves. */
    ADMITTED,
    /** There are as many as there may be. */
    TOO_MANY,
    /** There are as many from its address as there may be. */
    TOO_MANY_OF_ADDRESS
  }

  private final int max;
  private final AtomicInteger all = new AtomicInteger();
  private final AddressShares byAddress;

  /**
   * A limiter that knows of no connection.
   *
   * @param max at a time
   * @param maxPerAddress from one {@link AddressBlock}
   */
  public ConnectionLimiter(int max, int maxPerAddress) {
    this.max = max;
    this.byAddress = new AddressShares(maxPerAddress);
  }

  /** Counts a connection, or says why not. */
  public Admission admit(InetAddress address) {
    if (all.incrementAndGet() > max) {
      all.decrementAndGet();
      return Admission.TOO_MANY;
    }
    if (!byAddress.take(AddressBlock.of(address))) {
      all.decrementAndGet();
      return Admission.TOO_MANY_OF_ADDRESS;
    }
    return Admission.ADMITTED;
  }

  /** One that was counted is gone. */
  public void leave(InetAddress address) {
    all.decrementAndGet();
    byAddress.giveBack(AddressBlock.of(address));
  }

  /** How many there are. */
  public int count() {
    return all.get();
  }
}
