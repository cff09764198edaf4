package io.millrace.ingest;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.media.channel.ChannelId;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * An ingest with one channel and its follower. The test is the agent and moves the clock, so
 * nothing happens but by its calls.
 */
final class TestIngest {
  static final DirectoryChannel DEMO = FakeNodeDirectory.channel("demo", "secret", "backup");
  static final ChannelId ID = new ChannelId(DEMO.id());
  static final StreamKey KEY = StreamKey.of("secret");
  private static final PublisherAddress PEER = new PublisherAddress("rtmp", "[::1]:5000");

  final FakeClock clock = new FakeClock();
  final FakeFabric fabric = FakeFabric.byHand();
  final FakeNodeDirectory directory = new FakeNodeDirectory();
  final FakeNodeReports reports = new FakeNodeReports();
  final FakeFollower packager = new FakeFollower();

  /** The publisher of {@link #live}. */
  final FakeHandle handle = new FakeHandle();

  private Ingest ingest;

  TestIngest() {
    directory.put(DEMO);
    ingest = start(IngestConfig.defaults());
  }

  /** Another ingest in the place of the one with default limits. */
  void limit(int maxPublishers, int queueSamples, int queueBytes) {
    IngestConfig defaults = IngestConfig.defaults();
    ingest =
        start(
            new IngestConfig(
                maxPublishers,
                queueSamples,
                queueBytes,
                defaults.historyBytes(),
                defaults.allHistoryBytes(),
                defaults.historyEntries(),
                defaults.maxTracks(),
                defaults.maxAhead(),
                defaults.maxBytesPerSecond(),
                defaults.halfOpenAfter(),
                defaults.tick(),
                defaults.report(),
                defaults.linger()));
  }

  Admission admit(StreamKey key) {
    return admit(key, handle);
  }

  Admission admit(StreamKey key, FakeHandle publisher) {
    return ingest.admit(key, PEER, publisher);
  }

  Publication publish() {
    return publish(handle);
  }

  Publication publish(FakeHandle publisher) {
    return ((Admission.Admitted) admit(KEY, publisher)).publication();
  }

  /** A publication with one keyframe of video, followed by {@link #packager}. */
  Publication live() {
    Publication publication = publish();
    publication.announce(Samples.VIDEO);
    video(publication, 0, true);
    follow();
    return publication;
  }

  void video(Publication publication, long ms, boolean keyframe) {
    publication.sample(Samples.videoSample(ms, keyframe, clock.utcNs(), 1_000));
    fabric.runTasks();
  }

  void follow() {
    fabric.source().attach(packager);
    fabric.source().follow(ID, 0, packager);
  }

  void advance(Duration by) {
    Duration step = Duration.ofMillis(200);
    for (Duration done = Duration.ZERO; done.compareTo(by) < 0; done = done.plus(step)) {
      clock.advance(step);
      fabric.runPeriodic();
    }
  }

  /** The names of the records that the packager has got. */
  List<String> kinds() {
    return packager.records().stream().map(record -> record.getClass().getSimpleName()).toList();
  }

  int publishers() {
    return ingest.publishers();
  }

  void drain() {
    ingest.drain();
  }

  void close() {
    ingest.close();
  }

  private Ingest start(IngestConfig config) {
    return new Ingest(
        config, fabric, directory, reports, new PrometheusRegistry(), clock, new Random(1));
  }
}
