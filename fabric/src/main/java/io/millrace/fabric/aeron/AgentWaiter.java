package io.millrace.fabric.aeron;

import io.millrace.fabric.FabricException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Lets the agent thread sleep until a datagram comes, another thread wakes it, or time is up. The
 * driver's channels are registered here beside the driver's own selectors.
 */
final class AgentWaiter implements AutoCloseable {
  private final Selector selector;
  private final AtomicBoolean waiting = new AtomicBoolean();

  AgentWaiter() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new FabricException(FabricException.Scope.FABRIC, "no selector: " + e, e);
    }
  }

  /** Wakes the agent when {@code channel} can be read. The channel is non-blocking. */
  void watch(DatagramChannel channel) {
    try {
      channel.register(selector, SelectionKey.OP_READ);
    } catch (ClosedChannelException e) {
      throw new FabricException(FabricException.Scope.LINK, "channel is closed", e);
    }
  }

  /** Sleeps at most {@code millis}, and not at all where {@code hasWork} says so. Agent thread. */
  void await(long millis, BooleanSupplier hasWork) {
    waiting.set(true);
    try {
      if (hasWork.getAsBoolean()) {
        selector.selectNow();
      } else {
        selector.select(millis);
      }
      selector.selectedKeys().clear();
    } catch (IOException e) {
      throw new FabricException(FabricException.Scope.FABRIC, "selector failed: " + e, e);
    } finally {
      waiting.set(false);
    }
  }

  /** Ends a sleep of the agent. Any thread; call it after making the work visible. */
  void wake() {
    if (waiting.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  /** Completes the closing of channels that the driver has closed. Agent thread. */
  void release() {
    try {
      selector.selectNow();
      selector.selectedKeys().clear();
    } catch (IOException e) {
      throw new FabricException(FabricException.Scope.FABRIC, "selector failed: " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new FabricException(FabricException.Scope.FABRIC, "selector failed: " + e, e);
    }
  }
}
