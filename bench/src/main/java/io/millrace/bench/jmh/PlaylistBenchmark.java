package io.millrace.bench.jmh;

import io.millrace.delivery.reload.PlaylistRenderer;
import io.millrace.delivery.reload.ReloadDirectives;
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
import io.millrace.window.index.ChannelIndex;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.PartStoreConfig;
import io.millrace.window.store.StoreMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A view → the text of a media playlist: an operation is one text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlaylistBenchmark {
  @Param({"60", "600"})
  public int windowSeconds;

  private TimelineView timeline;
  private RenditionView rendition;

  @Setup
  public void setUp() {
    PartStore store =
        new PartStore(
            PartStoreConfig.defaults(), new StoreMetrics("edge", new PrometheusRegistry()));
    ChannelIndex index =
        new ChannelIndex(
            new ChannelId(new UUID(1, 1)), part -> store.slot(part.key(), _ -> {}), _ -> {});
    Packager packager = new Packager(PackagerLimits.DEFAULT, new IndexSink(index));
    TimelineSettings settings = TimelineSettings.DEFAULT;
    StreamScript script =
        new StreamScript(
            8_000 * 30,
            new TimelineSettings(
                settings.part(), settings.segment(), Duration.ofSeconds(windowSeconds)),
            packager::accept);
    for (int i = 0; i < windowSeconds + 10; i++) {
      script.second();
    }
    timeline = index.view().timelines().getLast();
    rendition = timeline.renditions().getFirst();
  }

  private static final class IndexSink implements PackagerSink {
    private final ChannelIndex index;
    private long number;

    IndexSink(ChannelIndex index) {
      this.index = index;
    }

    @Override
    public void part(PartKey key, Bytes data) {}

    @Override
    public void record(IndexRecord record) {
      index.apply(new IndexEntry(++number, new Fence(1, 1), record));
    }

    @Override
    public void irregularity(Irregularity kind, long samples) {
      throw new IllegalStateException("the script is regular, and yet: " + kind);
    }
  }

  @Benchmark
  public String full() {
    return PlaylistRenderer.media(timeline, rendition, ReloadDirectives.Skip.NOTHING);
  }

  @Benchmark
  public String delta() {
    return PlaylistRenderer.media(timeline, rendition, ReloadDirectives.Skip.SEGMENTS);
  }
}
