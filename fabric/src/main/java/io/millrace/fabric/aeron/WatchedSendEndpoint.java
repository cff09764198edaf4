package io.millrace.fabric.aeron;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import org.agrona.concurrent.status.AtomicCounter;

/** Sends data as Aeron does, and lets the agent's waiter see the answers: status and NAKs. */
final class WatchedSendEndpoint extends SendChannelEndpoint {
  private final AgentWaiter waiter;

  WatchedSendEndpoint(
      UdpChannel udpChannel,
      AtomicCounter statusIndicator,
      MediaDriver.Context context,
      AgentWaiter waiter) {
    super(udpChannel, statusIndicator, context);
    this.waiter = waiter;
  }

  @Override
  public void openDatagramChannel(AtomicCounter statusIndicator) {
    super.openDatagramChannel(statusIndicator);
    waiter.watch(receiveDatagramChannel);
  }
}
