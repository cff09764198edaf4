package io.millrace.delivery;

import io.millrace.limits.AddressBlock;
import io.millrace.limits.AddressShares;
import io.millrace.limits.OnceInAWhile;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which viewers of a node's channels are counted: so many of one channel, and so many of one
 * {@link AddressBlock} in all channels, for a client calls itself what it likes. Any thread.
 */
public final class ViewerLimits {
  private static final Logger log = LoggerFactory.getLogger(ViewerLimits.class);

  private final int maxOfChannel;
  private final int maxOfAddress;
  private final DeliveryMetrics metrics;
  private final AddressShares byAddress;
  private final OnceInAWhile warnings = new OnceInAWhile(Duration.ofMinutes(1), System.nanoTime());

  /**
   * Nobody is counted.
   *
   * @param metrics counts requests of those that are not counted
   */
  public ViewerLimits(int maxOfChannel, int maxOfAddress, DeliveryMetrics metrics) {
    this.maxOfChannel = maxOfChannel;
    this.maxOfAddress = maxOfAddress;
    this.metrics = metrics;
    this.byAddress = new AddressShares(maxOfAddress);
  }

  /** Whether one more is counted, until it is forgotten. */
  boolean admit(int ofChannel, AddressBlock address, long nowNs) {
    if (ofChannel >= maxOfChannel) {
      metrics.uncounted("channel");
      return false;
    }
    if (byAddress.take(address)) {
      return true;
    }
    metrics.uncounted("address");
    if (warnings.isDue(nowNs)) {
      log.warn(
          "{} has as many viewers as are counted of an address ({},"
              + " edge.max-viewers-per-address): further ones are served, and not counted",
          address,
          maxOfAddress);
    }
    return false;
  }

  /** One that was counted is no more. */
  void forget(AddressBlock address) {
    byAddress.giveBack(address);
  }

  /** How many addresses have viewers that are counted. */
  int addresses() {
    return byAddress.addresses();
  }
}
