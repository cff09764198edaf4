package io.millrace.packager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.packager.InputScript;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A packager host that begins with a checkpoint, of its own or of another. */
class CheckpointTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(0x7000, 7));

  /** What an ingest says of a source: its broadcast, itself and two tracks. */
  private static final int HEAD = 4;

  private static final List<InputEntry> LOG =
      InputScript.opened().announceVideo().announceAudio().both(0, 90_000, 30, 2).entries;

  private static final int MIDDLE = LOG.size() / 2;

  /** A host with a link to the ingest, and an origin that keeps what it gets. */
  private static final class Node {
    private final FakeFabric fabric = new FakeFabric();
    private final FakeFabric.FakeLink link;
    private final List<FeedMessage> received = new ArrayList<>();
    private final Follower origin = received::add;

    Node() {
      PackagerHost host =
          new PackagerHost(
              PackagerConfig.defaults(), fabric, (_, _, _) -> {}, new PrometheusRegistry());
      host.upstreams(Set.of(NodeAddress.LOCAL));
      link = fabric.links.getFirst();
      link.handler.onLinkUp(link);
      send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    }

    /** One that has packaged the log up to there. */
    static Node at(int size) {
      Node node = new Node();
      node.follow(0);
      node.snapshot(null, LOG.subList(0, HEAD));
      node.input(LOG.subList(HEAD, size));
      return node;
    }

    void send(FeedMessage message) {
      link.handler.onMessage(link, message);
    }

    void input(List<InputEntry> entries) {
      entries.forEach(entry -> send(new FeedMessage.Input(CHANNEL, entry)));
    }

    void snapshot(Checkpoint checkpoint, List<InputEntry> entries) {
      send(new FeedMessage.SnapshotBegun(CHANNEL, Feed.INPUT));
      if (checkpoint != null) {
        send(new FeedMessage.InputCheckpoint(CHANNEL, checkpoint));
      }
      input(entries);
      send(
          new FeedMessage.SnapshotEnded(
              CHANNEL, Feed.INPUT, entries.isEmpty() ? 0 : entries.getLast().number()));
    }

    void follow(long fromNumber) {
      fabric.source().follow(CHANNEL, fromNumber, origin);
    }

    List<IndexEntry> index() {
      return received.stream()
          .filter(FeedMessage.Index.class::isInstance)
          .map(message -> ((FeedMessage.Index) message).entry())
          .toList();
    }

    /** All bytes that came, by what they are of. */
    Map<PartKey, Bytes> parts() {
      Map<PartKey, Bytes> parts = new HashMap<>();
      for (FeedMessage message : received) {
        if (message instanceof FeedMessage.Part part) {
          parts.put(part.key(), part.data());
        }
      }
      return parts;
    }

    /** What a late joiner gets now. */
    List<IndexEntry> window() {
      received.clear();
      follow(0);
      return index();
    }

    List<IndexRecord.PartPublished> pictures() {
      return all(IndexRecord.PartPublished.class).stream()
          .filter(part -> part.key().rendition() == InputScript.VIDEO)
          .toList();
    }

    <T extends IndexRecord> List<T> all(Class<T> type) {
      return index().stream()
          .map(IndexEntry::record)
          .filter(type::isInstance)
          .map(type::cast)
          .toList();
    }

    Checkpoint newest() {
      return link.kept.getLast();
    }
  }

  /** As an ingest's snapshot: the state before {@code from}, and all entries from there on. */
  private static List<InputEntry> logFrom(long from) {
    return log(from, MIDDLE);
  }

  private static List<InputEntry> log(long from, int size) {
    List<InputEntry> entries = new ArrayList<>(LOG.subList(0, HEAD));
    entries.addAll(LOG.subList((int) from - 1, size));
    return entries;
  }

  /** Twenty places of the log, behind the first checkpoints, in order. */
  private static List<Integer> places(long seed) {
    return new Random(seed)
        .ints(LOG.size() / 10, LOG.size() - 1)
        .distinct()
        .limit(20)
        .sorted()
        .boxed()
        .toList();
  }

  private static Checkpoint changed(Checkpoint checkpoint, int at) {
    byte[] state = checkpoint.state().toArray();
    state[at] ^= 0x10;
    return new Checkpoint(checkpoint.number(), checkpoint.fence(), Bytes.wrap(state));
  }

  private static int versionAt(Checkpoint checkpoint) {
    return 3 * Integer.BYTES + ByteBuffer.wrap(checkpoint.state().toArray()).getInt(4) + 3;
  }

  @Test
  void handsOverOneForEachSegment() {
    Node node = Node.at(LOG.size());

    // Forty-five segments of two seconds, the last of them open.
    assertThat(node.link.kept).hasSizeBetween(42, 45);
    assertThat(node.link.kept).extracting(Checkpoint::number).isSorted().doesNotHaveDuplicates();
    assertThat(node.link.kept)
        .allSatisfy(kept -> assertThat(kept.state().length()).isLessThan(100_000));
  }

  @Test
  void aPackagerThatIsStartedAgainGoesOnAsIfNothingHadBeen() {
    Node undisturbed = Node.at(MIDDLE);
    Checkpoint checkpoint = undisturbed.newest();
    Node again = new Node();
    again.snapshot(checkpoint, logFrom(checkpoint.number() - 100));

    assertThat(again.window()).isEqualTo(undisturbed.window());
    undisturbed.input(LOG.subList(MIDDLE, LOG.size()));
    again.input(LOG.subList(MIDDLE, LOG.size()));

    assertThat(again.index()).isEqualTo(undisturbed.index());
    assertThat(again.window()).isEqualTo(undisturbed.window());
    assertThat(again.newest()).isEqualTo(undisturbed.newest());
  }

  @Test
  void whoFollowedThePackagerBeforeGoesOnWithTheNextNumber() {
    Node before = Node.at(MIDDLE);
    List<IndexEntry> known = before.index();
    Node again = new Node();
    again.follow(known.getLast().number());
    assertThat(again.received).isEmpty();

    again.snapshot(before.newest(), logFrom(before.newest().number() - 100));
    again.input(LOG.subList(MIDDLE, LOG.size()));

    assertThat(again.received).noneMatch(FeedMessage.SnapshotBegun.class::isInstance);
    List<IndexEntry> all = new ArrayList<>(known.subList(0, known.size() - 1));
    all.addAll(again.index());
    assertThat(all).isEqualTo(Node.at(LOG.size()).index());
  }

  /** What the follower of {@code before} has in the end that goes on at {@code after}. */
  private static void assertGoesOnAsIfNothingHadBeen(Node before, Node after, Node undisturbed) {
    List<IndexEntry> known = before.index();
    assertThat(after.received).noneMatch(FeedMessage.SnapshotBegun.class::isInstance);
    List<IndexEntry> all = new ArrayList<>(known.subList(0, known.size() - 1));
    all.addAll(after.index()); // the last that is known comes again
    assertThat(all).isEqualTo(undisturbed.index());
    Map<PartKey, Bytes> parts = before.parts();
    after.parts().forEach((key, data) -> assertThat(parts.put(key, data)).isIn(null, data));
    assertThat(parts).hasSizeGreaterThan(400).isEqualTo(undisturbed.parts());
  }

  @Test
  void restartedAtTwentyPlacesItMakesTheSameNumbersAndBytes() {
    Node undisturbed = Node.at(LOG.size());
    for (int place : places(1)) {
      Node before = Node.at(place);
      Node again = new Node();
      again.follow(before.index().getLast().number());

      again.snapshot(before.newest(), log(before.newest().number() - 100, place));
      again.input(LOG.subList(place, LOG.size()));

      assertGoesOnAsIfNothingHadBeen(before, again, undisturbed);
    }
  }

  @Test
  void aStandbyThatIsPromotedAtTwentyPlacesMakesTheSameNumbersAndBytes() {
    Node undisturbed = Node.at(LOG.size());
    Random random = new Random(2);
    for (int place : places(3)) {
      Node primary = Node.at(place);
      int joined = random.nextInt(LOG.size() / 20, place);
      Node atJoining = Node.at(joined);
      Node standby = new Node();
      standby.snapshot(atJoining.newest(), log(atJoining.newest().number() - 100, joined));
      standby.input(LOG.subList(joined, place));

      standby.follow(primary.index().getLast().number());
      standby.input(LOG.subList(place, LOG.size()));

      assertGoesOnAsIfNothingHadBeen(primary, standby, undisturbed);
    }
  }

  @Test
  void whoKnowsMoreThanEverComesGetsASnapshot() {
    Node node = Node.at(MIDDLE);
    node.received.clear();
    node.follow(1_000_000);
    assertThat(node.received).isEmpty();

    for (int second = 0; second < 4; second++) {
      node.fabric.periodic.forEach(Runnable::run);
    }

    assertThat(node.received.getFirst()).isInstanceOf(FeedMessage.SnapshotBegun.class);
  }

  /** The timeline goes on, behind all that the packager before it can have published. */
  private static void assertGoesOnAfterABreak(Node node, Node before) {
    long lastNumber = before.index().getLast().number();
    long lastMsn = before.all(IndexRecord.SegmentEnded.class).getLast().msn();
    IndexRecord.PartPublished last = before.pictures().getLast();
    node.window();
    assertThat(node.index().getFirst().number()).isGreaterThan(lastNumber);
    assertThat(node.all(IndexRecord.TimelineOpened.class).getFirst().timeline())
        .isEqualTo(InputScript.TIMELINE);
    assertThat(node.all(IndexRecord.TargetDurationFixed.class))
        .isEqualTo(before.all(IndexRecord.TargetDurationFixed.class));
    IndexRecord.PartPublished first = node.pictures().getFirst();
    assertThat(first.key().msn()).isGreaterThan(lastMsn + 1);
    assertThat(node.all(IndexRecord.Discontinuity.class))
        .containsExactly(new IndexRecord.Discontinuity(first.key().msn()));
    assertThat(node.all(IndexRecord.WindowStarted.class))
        .containsExactly(new IndexRecord.WindowStarted(first.key().msn(), 0));
    // The end of the log comes again, in its own time.
    assertThat(first.startTicks()).isGreaterThan(last.startTicks() - 5 * 90_000);
  }

  @Test
  void aCheckpointOfAnotherVersionTellsHowFarTheTimelineIs() {
    Node before = Node.at(MIDDLE);
    Checkpoint checkpoint = before.newest();
    Node again = new Node();

    again.snapshot(changed(checkpoint, versionAt(checkpoint)), logFrom(checkpoint.number() - 100));

    assertGoesOnAfterABreak(again, before);
  }

  @Test
  void entriesThatAreMissingAfterACheckpointAreABreakToo() {
    Node before = Node.at(MIDDLE);
    Node again = new Node();

    again.snapshot(before.link.kept.getFirst(), logFrom(before.newest().number()));

    assertGoesOnAfterABreak(again, before);
  }

  @Test
  void whatCannotBeReadAtAllIsAnotherTimeline() {
    Node before = Node.at(MIDDLE);
    Checkpoint checkpoint = before.newest();
    List<InputEntry> rest = logFrom(checkpoint.number() - 100);
    List<Checkpoint> bad = new ArrayList<>();
    bad.add(null);
    for (int at = 0; at < versionAt(checkpoint) - 3; at += 5) {
      bad.add(changed(checkpoint, at));
    }
    for (int length : new int[] {0, 1, 3, 4, 8, 12, 20}) {
      bad.add(
          new Checkpoint(
              checkpoint.number(), checkpoint.fence(), checkpoint.state().slice(0, length)));
    }

    for (Checkpoint each : bad) {
      Node again = new Node();
      again.follow(0);
      again.snapshot(each, rest);

      assertThat(again.all(IndexRecord.TimelineOpened.class))
          .extracting(IndexRecord.TimelineOpened::timeline)
          .containsExactly(InputScript.TIMELINE.next());
      assertThat(again.all(IndexRecord.PartPublished.class)).isNotEmpty();
    }
  }

  @Test
  void whatIsDamagedFurtherOnIsABreak() {
    Node before = Node.at(MIDDLE);
    Checkpoint checkpoint = before.newest();
    int length = checkpoint.state().length();
    for (int at = versionAt(checkpoint); at < length; at += length / 7) {
      Node again = new Node();
      again.snapshot(changed(checkpoint, at), logFrom(checkpoint.number() - 100));
      assertGoesOnAfterABreak(again, before);
      Node cut = new Node();
      cut.snapshot(
          new Checkpoint(checkpoint.number(), checkpoint.fence(), checkpoint.state().slice(0, at)),
          logFrom(checkpoint.number() - 100));
      assertGoesOnAfterABreak(cut, before);
    }
  }

  @Test
  void aPackagerThatMissedEntriesTakesAnothersCheckpoint() {
    Node other = Node.at(MIDDLE);
    Node missed = Node.at(MIDDLE - 1_000);

    missed.snapshot(other.newest(), logFrom(other.newest().number() - 100));

    assertThat(missed.window()).isEqualTo(other.window());
    assertThat(missed.all(IndexRecord.Discontinuity.class)).isEmpty();
  }

  @Test
  void anotherWritersIndexCountsFromOne() {
    Node node = Node.at(MIDDLE);
    long last = node.index().getLast().number();
    List<InputEntry> other =
        InputScript.opened().announceVideo().announceAudio().both(0, 5_000, 30, 2).entries.stream()
            .map(entry -> new InputEntry(entry.number(), new Fence(2, 1), entry.record()))
            .toList();
    node.received.clear();

    node.input(other);

    List<IndexEntry> index = node.index();
    int ended = index.indexOf(find(index, IndexRecord.BroadcastEnded.class));
    assertThat(index.getFirst().number()).isEqualTo(last + 1);
    assertThat(index.get(ended).number()).isEqualTo(last + 1 + ended);
    assertThat(index.get(ended).fence()).isEqualTo(new Fence(1, 1));
    IndexEntry first = index.get(ended + 1);
    assertThat(first.record()).isInstanceOf(IndexRecord.TimelineOpened.class);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.fence()).isEqualTo(new Fence(2, 1));
  }

  private static IndexEntry find(List<IndexEntry> index, Class<? extends IndexRecord> type) {
    return index.stream()
        .filter(entry -> type.isInstance(entry.record()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aTimelineThatViewersHaveSeenEndIsNotBroughtBack() {
    Node node = Node.at(MIDDLE);
    Checkpoint checkpoint = node.newest();
    for (int second = 0; second < 91; second++) {
      node.fabric.periodic.forEach(Runnable::run);
    }
    assertThat(node.all(IndexRecord.BroadcastEnded.class)).hasSize(1);

    node.snapshot(checkpoint, logFrom(checkpoint.number() - 100));

    TimelineId timeline = node.all(IndexRecord.TimelineOpened.class).getLast().timeline();
    assertThat(timeline).isEqualTo(InputScript.TIMELINE.next());
  }
}
