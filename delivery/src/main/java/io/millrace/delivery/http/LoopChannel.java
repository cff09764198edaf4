package io.millrace.delivery.http;

import io.millrace.control.token.TokenPolicy;
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
  private final Map<Route.Segment, SegmentStream> streams = new HashMap<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean waiting;
  private TokenPolicy tokens;
  private long lastUsedNs = LoopDelivery.nowNs();

  LoopChannel(LoopDelivery delivery, WatchedChannel channel) {
    this.delivery = delivery;
    this.channel = channel;
    this.tokens = channel.tokens();
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

  /** Sends the exchange what there is of the open segment, and what comes of it. */
  void follow(Ask ask, Route.Segment route, Exchange exchange) {
    Response head = delivery.begun(ask);
    try {
      if (exchange.head) {
        delivery.metrics().waiters(-1);
        exchange.write(head);
        exchange.flush();
        return;
      }
      SegmentStream stream = streams.get(route);
      if (stream == null || stream.isOver()) {
        stream = new SegmentStream(delivery, channel, ask, route);
        streams.put(route, stream);
      }
      stream.join(exchange, head);
    } finally {
      head.release();
    }
    // Before the view is looked at again: the agent writes the view, then reads this.
    waiting = true;
  }

  /** Called on the agent thread; changes that come close together are one task. */
  @Override
  public void onWindowChanged() {
    if (waiting && scheduled.compareAndSet(false, true)) {
      delivery.execute(this::releaseScheduled);
    }
  }

  private void releaseScheduled() {
    scheduled.set(false);
    release();
  }

  /** Answers whoever can be answered now. */
  void release() {
    if (groups.isEmpty() && streams.isEmpty()) {
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
      } else if (delivery.isOpen(channel, group.ask())) {
        groups.remove(group.ask(), group);
        followAll(group);
      }
    }
    for (SegmentStream stream : List.copyOf(streams.values())) {
      stream.advance();
    }
    streams.values().removeIf(SegmentStream::isOver);
    lastUsedNs = LoopDelivery.nowNs();
    waiting = isWaiting();
  }

  private boolean isWaiting() {
    return !groups.isEmpty() || !streams.isEmpty();
  }

  private void followAll(WaitGroup group) {
    if (!(group.ask().route() instanceof Route.Segment route)) {
      return;
    }
    Exchange next;
    for (Exchange each = group.takeAll(); each != null; each = next) {
      next = each.next;
      each.list = null;
      each.previous = null;
      each.next = null;
      delivery.begin(each);
      follow(group.ask(), route, each);
    }
  }

  /**
   * Answers those who may not wait any more: their tokens were revoked, or are needed now.
   *
   * @param changed whether others are good than when it was looked at last
   */
  void refuse(boolean changed) {
    TokenPolicy now = channel.tokens();
    if (!changed && now.equals(tokens)) {
      return;
    }
    tokens = now;
    for (WaitGroup group : List.copyOf(groups.values())) {
      Exchange next;
      for (Exchange each = group.first(); each != null; each = next) {
        next = each.next;
        Response refusal = delivery.tokens().refusalNow(channel, each);
        if (refusal != null) {
          delivery.abandon(each);
          delivery.finish(each, refusal);
        }
      }
    }
    for (SegmentStream stream : List.copyOf(streams.values())) {
      stream.refuse();
    }
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
    for (SegmentStream stream : List.copyOf(streams.values())) {
      stream.expire(nowNs);
    }
    streams.values().removeIf(SegmentStream::isOver);
    waiting = isWaiting();
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
    return !isWaiting() && nowNs - lastUsedNs > IDLE_NS;
  }
}
