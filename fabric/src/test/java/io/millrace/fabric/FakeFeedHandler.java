package io.millrace.fabric;

import io.millrace.media.channel.ChannelId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Keeps what a link brings, and follows every channel that is announced. */
public final class FakeFeedHandler implements FeedHandler {
  public final List<FeedMessage> messages = new CopyOnWriteArrayList<>();
  public final List<Thread> threads = new CopyOnWriteArrayList<>();
  public final AtomicInteger ups = new AtomicInteger();
  public final AtomicInteger downs = new AtomicInteger();
  private final Predicate<ChannelId> follows;

  public FakeFeedHandler(Predicate<ChannelId> follows) {
    this.follows = follows;
  }

  @Override
  public void onLinkUp(Link link) {
    threads.add(Thread.currentThread());
    ups.incrementAndGet();
  }

  @Override
  public void onLinkDown(Link link) {
    threads.add(Thread.currentThread());
    downs.incrementAndGet();
  }

  @Override
  public void onMessage(Link link, FeedMessage message) {
    threads.add(Thread.currentThread());
    messages.add(message);
    if (message instanceof FeedMessage.Announced announced && follows.test(announced.channel())) {
      link.follow(announced.channel(), 0);
    }
  }

  /** The numbers of the index entries of a channel in the order of their arrival. */
  public List<Long> numbers(ChannelId channel) {
    return messages.stream()
        .filter(FeedMessage.Index.class::isInstance)
        .map(FeedMessage.Index.class::cast)
        .filter(index -> index.channel().equals(channel))
        .map(index -> index.entry().number())
        .toList();
  }

  public <T extends FeedMessage> List<T> of(Class<T> type) {
    return messages.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
