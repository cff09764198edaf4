package io.millrace.bench.jmh;

import io.millrace.media.Bytes;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Samples → parts: an operation is a second of a stream. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PackagingBenchmark {
  /** Two sizes of the same number of samples: what grows between them grows with the payload. */
  @Param({"3000000", "12000000"})
  public int videoBps;

  private StreamScript script;

  @Setup
  public void setUp(Blackhole consumed) {
    Packager packager =
        new Packager(
            PackagerLimits.DEFAULT,
            new PackagerSink() {
              @Override
              public void part(PartKey key, Bytes data) {
                consumed.consume(data);
              }

              @Override
              public void record(IndexRecord record) {
                consumed.consume(record);
              }

              @Override
              public void irregularity(Irregularity kind, long samples) {
                throw new IllegalStateException("the script is regular, and yet: " + kind);
              }
            });
    script = new StreamScript(videoBps, TimelineSettings.DEFAULT, packager::accept);
  }

  @Benchmark
  public void second() {
    script.second();
  }
}
