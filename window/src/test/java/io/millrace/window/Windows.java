package io.millrace.window;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.store.PartHead;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.PartStoreConfig;
import io.millrace.window.store.StoreMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;

/** One channel's window with a store of its own, fed by hand; the test's thread is the agent. */
public final class Windows implements AutoCloseable {
  public final PartStore store;
  public final ChannelWindow window;
  public final List<PartKey> fetched = new ArrayList<>();
  public long nowNs;

  /** Whether what is let go here can be fetched again. */
  public boolean upstreamKeepsAll = true;

  public Windows(ChannelId channel) {
    this(channel, PartStoreConfig.defaults());
  }

  public Windows(ChannelId channel, PartStoreConfig config) {
    this(channel, config, PartHead.NONE);
  }

  public Windows(ChannelId channel, PartStoreConfig config, PartHead heads) {
    StoreMetrics metrics = new StoreMetrics("edge", new PrometheusRegistry());
    store = new PartStore(config, metrics, heads);
    window =
        new ChannelWindow(
            channel,
            store,
            new PartFetcher() {
              @Override
              public boolean fetch(ChannelId id, PartKey key) {
                fetched.add(key);
                return true;
              }

              @Override
              public boolean evicted(ChannelId id, PartKey key) {
                return upstreamKeepsAll;
              }
            },
            metrics);
  }

  public Windows feed(List<? extends FeedMessage> messages) {
    for (FeedMessage message : messages) {
      switch (message) {
        case FeedMessage.Part part -> window.onPart(part, nowNs);
        case FeedMessage.Index index ->
            window.onIndex(index.entry(), nowNs, PublishedStream.UTC_NS);
        case FeedMessage.SnapshotBegun _ -> window.onSnapshotBegun();
        case FeedMessage.SnapshotEnded _ -> window.onSnapshotEnded();
        case FeedMessage.PartUnavailable missing -> window.onPartUnavailable(missing.key(), nowNs);
        default -> throw new IllegalArgumentException("not of a window: " + message);
      }
    }
    return this;
  }

  @Override
  public void close() {
    window.close();
    store.close();
  }
}
