package io.millrace.fabric.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import org.agrona.collections.IntHashSet;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Receives data as Aeron does, but for frames that are cut off, of streams that nobody listens to,
 * or of more sessions than {@link SessionLimiter} allows. Confined to the agent thread.
 */
final class GuardedReceiveEndpoint extends WatchedReceiveEndpoint {
  private final SessionLimiter limiter;
  private final FabricMetrics metrics;
  private final NanoClock clock;
  private final IntHashSet streams = new IntHashSet();

  GuardedReceiveEndpoint(
      UdpChannel udpChannel,
      DataPacketDispatcher dispatcher,
      AtomicCounter statusIndicator,
      MediaDriver.Context context,
      Guard guard) {
    super(udpChannel, dispatcher, statusIndicator, context, guard.waiter());
    this.limiter = guard.limiter();
    this.metrics = guard.metrics();
    this.clock = context.receiverCachedNanoClock();
  }

  /** What all endpoints of a process share. */
  record Guard(AgentWaiter waiter, SessionLimiter limiter, FabricMetrics metrics) {}

  @Override
  public int incRefToStream(int streamId) {
    streams.add(streamId);
    return super.incRefToStream(streamId);
  }

  @Override
  public int decRefToStream(int streamId) {
    int left = super.decRefToStream(streamId);
    if (left == 0) {
      streams.remove(streamId);
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
    boolean whole = length >= SetupFlyweight.HEADER_LENGTH;
    if (whole
        && streams.contains(header.streamId())
        && limiter.allowsSetup(
            header.streamId(), header.sessionId(), header.termLength(), clock.nanoTime())) {
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
    boolean whole = length >= DataHeaderFlyweight.HEADER_LENGTH;
    if (whole
        && streams.contains(header.streamId())
        && limiter.allowsData(header.streamId(), header.sessionId(), clock.nanoTime())) {
      return super.onDataPacket(header, buffer, length, from, transportIndex);
    }
    metrics.refusedSessions.inc();
    return 0;
  }
}
