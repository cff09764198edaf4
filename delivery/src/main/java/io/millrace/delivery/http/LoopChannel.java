package io.millrace.delivery.http;

import io.millrace.delivery.WatchedChannel;
import io.millrace.window.WindowListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Holds the requests of one event loop that wait for one channel. Confined to the loop but for
 * {@link #onWindowChanged}.
 */
final class LoopChannel implements WindowListener {
  private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(5);

  private final LoopDelivery delivery;
  private final WatchedChannel channel;
  private final Map<Ask, WaitGroup> groups = new HashMap<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean waiting;
  private long lastUsedNs = LoopDelivery.nowNs();

  LoopChannel(LoopDelivery delivery, WatchedChannel channel) {
    this.delivery = delivery;
    this.channel = channel;
  }

  WatchedChannel channel() {
    return channel;
  }

  /** Keeps the exchange; returns whether it is the first that waits for this. */
  boolean add(Ask ask, Exchange exchange) {
    WaitGroup group = groups.get(ask);
    boolean first = group == null || group.size() == 0;
    if (group == null) {
      group = new WaitGroup(ask);
      groups.put(ask, group);
    }
    group.add(exchange);
    // Before the caller looks at the view again: the agent writes the view, then reads this.
    waiting = true;
    return first;
  }

  /** Called on the agent thread; changes that come close together are one task. */
  @Override
  public void onWindowChanged() {
    if (waiting && scheduled.compareAndSet(false, true)) {
      delivery.loop().execute(this::releaseScheduled);
    }
  }

  private void releaseScheduled() {
    scheduled.set(false);
    release();
  }

  /** Answers whoever can be answered now. */
  void release() {
    if (groups.isEmpty()) {
      return;
    }
    for (WaitGroup group : List.copyOf(groups.values())) {
      if (group.size() == 0) {
        groups.remove(group.ask(), group);
        continue;
      }
      Response response = delivery.answer(channel, group.ask(), /* timedOut= */ false);
      if (response != null) {
        groups.remove(group.ask(), group);
        delivery.finish(group, response);
      }
    }
    lastUsedNs = LoopDelivery.nowNs();
    waiting = !groups.isEmpty();
  }

  /** Answers those who waited too long. */
  void expire(long nowNs) {
    for (WaitGroup group : List.copyOf(groups.values())) {
      WaitGroup late = takeLate(group, nowNs);
      if (late != null) {
        Response response = delivery.answer(channel, group.ask(), /* timedOut= */ true);
        if (response != null) {
          delivery.finish(late, response);
        }
      }
      if (group.size() == 0) {
        groups.remove(group.ask(), group);
      }
    }
    waiting = !groups.isEmpty();
  }

  /** The first of a group waited longest. */
  private static @Nullable WaitGroup takeLate(WaitGroup group, long nowNs) {
    WaitGroup late = null;
    for (Exchange first = group.first();
        first != null && nowNs - first.deadlineNs >= 0;
        first = group.first()) {
      group.remove(first);
      if (late == null) {
        late = new WaitGroup(group.ask());
      }
      late.add(first);
    }
    return late;
  }

  boolean isIdle(long nowNs) {
    return groups.isEmpty() && nowNs - lastUsedNs > IDLE_NS;
  }
}
