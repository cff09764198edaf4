package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenPolicy;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.fabric.aeron.AeronFabric;
import io.millrace.fabric.aeron.FabricConfig;
import io.millrace.ingest.Admission;
import io.millrace.ingest.CloseReason;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.Publication;
import io.millrace.ingest.PublisherAddress;
import io.millrace.ingest.PublisherHandle;
import io.millrace.ingest.StreamKey;
import io.millrace.media.Bytes;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.origin.OriginConfig;
import io.millrace.origin.OriginNode;
import io.millrace.packager.host.PackagerConfig;
import io.millrace.packager.host.PackagerHost;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingest, packagers and an origin, each with a fabric of its own: packagers die in mid-stream,
 * and whoever follows the origin does not notice.
 */
class StandbyTest {
  private static final Duration WITHIN = Duration.ofSeconds(40);

  private static final DirectoryChannel CHANNEL =
      new DirectoryChannel(
          new UUID(0x7000, 1),
          "standby",
          /* placement= */ 1,
          List.of(StreamKey.of("secret").hash()),
          Duration.ofMillis(200),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          TokenPolicy.OPEN);

  @TempDir private Path directory;

  /** In the order in which they have to be closed. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final Viewer viewer = new Viewer();
  private Publication publication;
  private long startNs;
  private long frames;
  private long sounds;

  /** A node that packages, until it is killed. */
  private record PackagerNode(Fabric fabric, PackagerHost host) {
    NodeAddress address() {
      return new NodeAddress.Udp("127.0.0.1", fabric.port());
    }

    void kill() {
      fabric.close();
    }
  }

  /** Keeps all that comes of the channel. */
  private static final class Viewer implements FeedHandler {
    private final List<IndexEntry> entries = new CopyOnWriteArrayList<>();
    private final List<FeedMessage> snapshots = new CopyOnWriteArrayList<>();
    private final Map<PartKey, Bytes> parts = new ConcurrentHashMap<>();

    @Override
    public void onLinkUp(Link link) {}

    @Override
    public void onLinkDown(Link link) {}

    @Override
    public void onMessage(Link link, FeedMessage message) {
      switch (message) {
        case FeedMessage.Announced announced -> link.follow(announced.channel(), 0);
        case FeedMessage.Index index -> entries.add(index.entry());
        case FeedMessage.Part part -> parts.put(part.key(), part.data());
        case FeedMessage.SnapshotEnded ended -> snapshots.add(ended);
        case FeedMessage.SnapshotBegun _,
            FeedMessage.Withdrawn _,
            FeedMessage.PartUnavailable _,
            FeedMessage.Input _,
            FeedMessage.InputCheckpoint _ -> {}
      }
    }

    long endedSegments() {
      return all(IndexRecord.SegmentEnded.class).stream()
          .filter(ended -> ended.rendition() == 2)
          .count();
    }

    <T extends IndexRecord> List<T> all(Class<T> type) {
      return entries.stream()
          .map(IndexEntry::record)
          .filter(type::isInstance)
          .map(type::cast)
          .toList();
    }
  }

  /** Has one channel. */
  private static final class OneChannel implements NodeDirectory {
    @Override
    public boolean isKnown() {
      return true;
    }

    @Override
    public Optional<DirectoryChannel> channel(String nameOrId) {
      return Optional.of(CHANNEL);
    }

    @Override
    public Optional<DirectoryChannel> channel(UUID id) {
      return Optional.of(CHANNEL);
    }

    @Override
    public Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
      return Optional.of(CHANNEL);
    }

    @Override
    public List<DirectoryNode> nodes(Role role) {
      return List.of();
    }

    @Override
    public void onChange(Runnable listener) {}

    @Override
    public void onEndBroadcast(Consumer<UUID> listener) {}

    @Override
    public void onDateRange(Consumer<MarkedRange> listener) {}
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private Fabric open(String name) {
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withDirectory(directory.resolve(name))
            .withAddress("127.0.0.1", 0)
            .withLinkTimeout(Duration.ofSeconds(10));
    Fabric fabric = AeronFabric.open(config, new PrometheusRegistry());
    opened.push(fabric);
    return fabric;
  }

  private PackagerNode packager(String name, NodeAddress ingest) {
    Fabric fabric = open(name);
    PackagerHost host =
        new PackagerHost(
            PackagerConfig.defaults(), fabric, (_, _, _) -> {}, new PrometheusRegistry());
    host.upstreams(Set.of(ingest));
    return new PackagerNode(fabric, host);
  }

  private NodeAddress startIngest() {
    Fabric fabric = open("ingest");
    Ingest ingest =
        new Ingest(
            IngestConfig.defaults(), fabric, new OneChannel(), _ -> {}, new PrometheusRegistry());
    opened.push(ingest);
    PublisherHandle handle =
        new PublisherHandle() {
          @Override
          public void closed(CloseReason reason) {}

          @Override
          public void writable() {}
        };
    Admission admission =
        ingest.admit(StreamKey.of("secret"), new PublisherAddress("rtmp", "[::1]:5000"), handle);
    publication = ((Admission.Admitted) admission).publication();
    startNs = publication.utcNs() - Duration.ofMinutes(1).toNanos();
    publication.announce(
        Track.of(
            1,
            TrackKind.VIDEO,
            new AvcConfiguration(Bytes.ofHex("01640028ffe000"), 0x64, 0, 0x28, 4, 1280, 720, 30),
            1_000));
    publication.announce(
        Track.of(2, TrackKind.AUDIO, AacConfiguration.parse(Bytes.ofHex("1190")), 1_000));
    return new NodeAddress.Udp("127.0.0.1", fabric.port());
  }

  /** Two seconds of picture and sound. */
  private void publish() {
    for (int i = 0; i < 60; i++, frames++) {
      long ms = frames * 1_000 / 30;
      byte[] picture = new byte[4_000];
      picture[2] = (byte) ((picture.length - 4) >> 8);
      picture[3] = (byte) (picture.length - 4);
      picture[4] = (byte) (frames % 60 == 0 ? 0x65 : 0x41);
      picture[5] = (byte) frames;
      sample(1, ms, frames % 60 == 0, picture);
      while (sounds * 1024 / 48 <= ms) {
        sample(2, sounds++ * 1024 / 48, true, new byte[] {1, 2, 3, 4});
      }
    }
  }

  private void sample(int track, long ms, boolean keyframe, byte[] data) {
    publication.sample(
        new Sample(track, ms, ms, keyframe, startNs + ms * 1_000_000, Bytes.wrap(data)));
  }

  /** Publishes until so many segments more have come to the viewer. */
  private void publishAndAwait(int segments) {
    for (int i = 0; i < segments; i++) {
      long before = viewer.endedSegments();
      publish();
      await().atMost(WITHIN).until(() -> viewer.endedSegments() > before);
    }
  }

  @Test
  void packagersComeAndGoAndTheTimelineGoesOn() throws Exception {
    NodeAddress ingest = startIngest();
    PackagerNode first = packager("first", ingest);
    Fabric fabric = open("origin");
    OriginNode origin = new OriginNode(OriginConfig.defaults(), fabric, new PrometheusRegistry());
    opened.push(origin);
    origin.upstreams(Set.of(first.address()));
    fabric.connect(NodeAddress.LOCAL, Feed.WINDOW, viewer);
    publish();
    publishAndAwait(2);

    // A standby that comes later than the log's beginning takes over.
    PackagerNode standby = packager("standby", ingest);
    origin.upstreams(Set.of(first.address(), standby.address()));
    Viewer ofStandby = new Viewer();
    fabric.connect(standby.address(), Feed.PACKAGED, ofStandby);
    publishAndAwait(2);
    await().atMost(WITHIN).until(() -> ofStandby.entries.containsAll(viewer.entries));
    first.kill();
    publishAndAwait(2);
    // The only one dies, and is started again while the publisher goes on.
    standby.kill();
    publish();
    PackagerNode again = packager("again", ingest);
    origin.upstreams(Set.of(again.address()));
    publishAndAwait(3);

    assertThat(viewer.snapshots).hasSize(1);
    assertThat(viewer.entries).startsWith(ofStandby.entries.toArray(IndexEntry[]::new));
    assertThat(viewer.entries)
        .extracting(IndexEntry::number)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, viewer.entries.size()).boxed().toList());
    assertThat(viewer.all(IndexRecord.TimelineOpened.class)).hasSize(1);
    assertThat(viewer.all(IndexRecord.Discontinuity.class)).isEmpty();
    assertThat(viewer.all(IndexRecord.GapPublished.class)).isEmpty();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    assertThat(viewer.all(IndexRecord.PartPublished.class))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            part ->
                assertThat(sha256.digest(viewer.parts.get(part.key()).toArray()))
                    .isEqualTo(part.sha256().toArray()));
  }
}
