package io.millrace.fabric.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Receives data as Aeron does, but for what {@link FrameGuard} lets not pass. Confined to the agent
 * thread.
 */
final class GuardedReceiveEndpoint extends WatchedReceiveEndpoint {
  private final FrameGuard frames;
  private final FabricMetrics metrics;
  private final NanoClock clock;

  GuardedReceiveEndpoint(
      UdpChannel udpChannel,
      DataPacketDispatcher dispatcher,
      AtomicCounter statusIndicator,
      MediaDriver.Context context,
      Guard guard) {
    super(udpChannel, dispatcher, statusIndicator, context, guard.waiter());
    this.frames = new FrameGuard(guard.limiter());
    this.metrics = guard.metrics();
    this.clock = context.receiverCachedNanoClock();
  }

  /** What all endpoints of a process share. */
  record Guard(AgentWaiter waiter, SessionLimiter limiter, FabricMetrics metrics) {}

  @Override
  public int incRefToStream(int streamId) {
    frames.open(streamId);
    return super.incRefToStream(streamId);
  }

  @Override
  public int decRefToStream(int streamId) {
    int left = super.decRefToStream(streamId);
    if (left == 0) {
      frames.close(streamId);
    }
    return left;
  }

  @Override
  public void onSetupMessage(
      SetupFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress from,
      int transportIndex) {
    if (frames.passes(header, length, clock.nanoTime())) {
      super.onSetupMessage(header, buffer, length, from, transportIndex);
    } else {
      metrics.refusedSessions.inc();
    }
  }

  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress from,
      int transportIndex) {
    if (frames.passes(header, buffer, length, clock.nanoTime())) {
      return super.onDataPacket(header, buffer, length, from, transportIndex);
    }
    metrics.refusedSessions.inc();
    return 0;
  }
}
