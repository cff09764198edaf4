package io.millrace.bench.fuzz;

import io.millrace.bench.jmh.StreamScript;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.window.ChannelWindow;
import io.millrace.window.index.ChannelView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.PartStoreConfig;
import io.millrace.window.store.StoreMetrics;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.UUID;

/** A channel's window, and the same a second later; its bytes stay for as long as the process. */
final class ShownChannel {
  private static final ChannelId ID = new ChannelId(new UUID(1, 1));
  private static final Fence FENCE = new Fence(1, 1);
  private static final int VIDEO_BPS = 60_000;
  private static final int SECONDS = 9;

  /** Kept for good, which is no leak. */
  static final ShownChannel LIVE = LeakPresenceDetector.staticInitializer(ShownChannel::new);

  private final ChannelView before;
  private final ChannelView after;

  private ShownChannel() {
    StoreMetrics metrics = new StoreMetrics("edge", new PrometheusRegistry());
    PartStore store = new PartStore(PartStoreConfig.defaults(), metrics);
    ChannelWindow window = new ChannelWindow(ID, store, (_, _) -> false, metrics);
    Packager packager = new Packager(PackagerLimits.DEFAULT, new WindowSink(window));
    StreamScript script = new StreamScript(VIDEO_BPS, TimelineSettings.DEFAULT, packager::accept);
    for (int i = 0; i < SECONDS; i++) {
      script.second();
    }
    before = window.view();
    script.second();
    after = window.view();
  }

  ChannelId id() {
    return ID;
  }

  ChannelView before() {
    return before;
  }

  ChannelView after() {
    return after;
  }

  /** An address of a file of its first rendition. */
  String path(String file) {
    TimelineView timeline = before.timelines().getLast();
    RenditionView rendition = timeline.renditions().getFirst();
    return "/live/show/%s/%s/%s".formatted(timeline.id(), rendition.name(), file);
  }

  private static final class WindowSink implements PackagerSink {
    private final ChannelWindow window;
    private long number;

    WindowSink(ChannelWindow window) {
      this.window = window;
    }

    @Override
    public void part(PartKey key, Bytes data) {
      window.onPart(new FeedMessage.Part(ID, FENCE, key, data), /* nowNs= */ 0);
    }

    @Override
    public void record(IndexRecord record) {
      window.onIndex(new IndexEntry(++number, FENCE, record), /* nowNs= */ 0, /* utcNs= */ 1);
    }

    @Override
    public void irregularity(Irregularity kind, long samples) {
      throw new IllegalStateException("the script is regular, and yet: " + kind);
    }
  }
}
