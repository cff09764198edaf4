package io.millrace.fabric.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import org.agrona.concurrent.status.AtomicCounter;

/** Receives data as Aeron does, and lets the agent's waiter see its channel. */
class WatchedReceiveEndpoint extends ReceiveChannelEndpoint {
  private final AgentWaiter waiter;

  WatchedReceiveEndpoint(
      UdpChannel udpChannel,
      DataPacketDispatcher dispatcher,
      AtomicCounter statusIndicator,
      MediaDriver.Context context,
      AgentWaiter waiter) {
    super(udpChannel, dispatcher, statusIndicator, context);
    this.waiter = waiter;
  }

  @Override
  public void openDatagramChannel(AtomicCounter statusIndicator) {
    super.openDatagramChannel(statusIndicator);
    waiter.watch(receiveDatagramChannel);
  }
}
