package io.millrace.packager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.packager.InputScript;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackagerHostTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(0x7000, 7));

  private final FakeFabric fabric = new FakeFabric();
  private Instant now = Instant.ofEpochSecond(1_800_000_000L);
  private FakeFabric.FakeLink link;

  private record Told(boolean onAir, List<String> hints) {}

  private final List<Told> told = new ArrayList<>();

  @BeforeEach
  void connect() {
    PackagerHost host =
        new PackagerHost(
            PackagerConfig.defaults(),
            fabric,
            (channel, onAir, hints) -> told.add(new Told(onAir, hints)),
            new PrometheusRegistry(),
            new Clock() {
              private final InstantSource source = () -> now;

              @Override
              public ZoneId getZone() {
                return ZoneId.of("UTC");
              }

              @Override
              public Clock withZone(ZoneId zone) {
                return this;
              }

              @Override
              public Instant instant() {
                return source.instant();
              }
            });
    host.upstreams(Set.of(NodeAddress.LOCAL));
    link = fabric.links.getFirst();
    link.handler.onLinkUp(link);
  }

  private void send(FeedMessage message) {
    link.handler.onMessage(link, message);
  }

  private void snapshot(List<InputEntry> entries, long lastNumber) {
    send(new FeedMessage.SnapshotBegun(CHANNEL, Feed.INPUT));
    input(entries);
    send(new FeedMessage.SnapshotEnded(CHANNEL, Feed.INPUT, lastNumber));
  }

  private void input(List<InputEntry> entries) {
    entries.forEach(entry -> send(new FeedMessage.Input(CHANNEL, entry)));
  }

  private static InputScript live(long lengthMs) {
    return InputScript.opened().announceVideo().announceAudio().both(0, lengthMs, 30, 2);
  }

  private static List<IndexEntry> index(List<FeedMessage> messages) {
    return messages.stream()
        .filter(FeedMessage.Index.class::isInstance)
        .map(message -> ((FeedMessage.Index) message).entry())
        .toList();
  }

  private static void checkOrder(List<FeedMessage> messages) {
    Set<PartKey> there = new HashSet<>();
    long last = 0;
    for (FeedMessage message : messages) {
      if (message instanceof FeedMessage.Part part) {
        there.add(part.key());
      } else if (message instanceof FeedMessage.Index index) {
        assertThat(index.entry().number()).isGreaterThan(last);
        last = index.entry().number();
        if (index.entry().record() instanceof IndexRecord.PartPublished part) {
          assertThat(there).contains(part.key());
        }
      }
    }
  }

  @Test
  void packagesWhatIsAnnouncedAndSendsBytesBeforeTheirRecord() {
    List<FeedMessage> received = new ArrayList<>();
    fabric.source().attach(received::add);
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    assertThat(received).containsExactly(new FeedMessage.Announced(CHANNEL, Feed.PACKAGED));
    assertThat(link.followed).containsExactly(0L);
    fabric.source().follow(CHANNEL, 0, received::add);

    InputScript script = live(5_000);
    snapshot(script.entries, script.entries.size());

    checkOrder(received);
    List<IndexEntry> entries = index(received);
    assertThat(entries.getFirst().number()).isEqualTo(1);
    assertThat(entries.getLast().number()).isEqualTo(entries.size());
    assertThat(entries).allMatch(entry -> entry.fence().equals(new Fence(1, 1)));
  }

  @Test
  void aLateJoinerGetsTheWindowAndTheLastBytesThenWhatIsNew() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(200_000);
    int half = script.entries.size() / 2;
    snapshot(script.entries.subList(0, half), half);

    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, received::add);
    final int inSnapshot = received.size();
    input(script.entries.subList(half, script.entries.size()));

    assertThat(received.getFirst()).isInstanceOf(FeedMessage.SnapshotBegun.class);
    List<IndexEntry> snapshot = index(received.subList(0, inSnapshot));
    assertThat(snapshot.getFirst().record()).isInstanceOf(IndexRecord.TimelineOpened.class);
    assertThat(snapshot.stream().map(IndexEntry::record))
        .hasAtLeastOneElementOfType(IndexRecord.TargetDurationFixed.class)
        .hasAtLeastOneElementOfType(IndexRecord.InitSection.class)
        .hasAtLeastOneElementOfType(IndexRecord.ClockAnchored.class)
        .hasAtLeastOneElementOfType(IndexRecord.WindowStarted.class);
    assertThat(snapshot).hasSizeLessThan(1300);
    long parts = received.subList(0, inSnapshot).stream().filter(this::isPart).count();
    // Three target durations of two seconds, five parts a second in each of two renditions.
    assertThat(parts).isBetween(55L, 70L);
    FeedMessage.SnapshotEnded end =
        (FeedMessage.SnapshotEnded)
            received.stream()
                .filter(FeedMessage.SnapshotEnded.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(index(received.subList(inSnapshot, received.size())).getFirst().number())
        .isEqualTo(end.lastNumber() + 1);
  }

  @Test
  void aLateJoinerGetsTheNewestDescriptionOfEveryTrack() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(200_000);
    snapshot(script.entries, script.entries.size());

    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, received::add);

    // The frame rate was learned after the track was described for the first time.
    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.TrackDescribed.class::isInstance)
        .extracting(record -> ((IndexRecord.TrackDescribed) record).track().codec())
        .containsOnlyOnce(InputScript.AVC.withFrameRate(30), InputScript.AAC);
  }

  @Test
  void aLateJoinerGetsTheDateRangesOfTheWindowAndThoseThatWentOfLate() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = InputScript.opened().mark("endless", 0, -1);
    // The window is a minute and 12 s more are remembered; it was looked at 23 s ago at most.
    script.announceVideo().announceAudio().mark("forgotten", 0, 100_000);
    script.mark("remembered", 0, 145_000).mark("listed", 0, 195_000).mark("coming", 230_000, 0);
    script.both(0, 210_000, 30, 2);
    snapshot(script.entries, script.entries.size());

    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, received::add);

    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.DateRange.class::isInstance)
        .extracting(record -> ((IndexRecord.DateRange) record).id())
        .containsExactly("endless", "remembered", "listed", "coming");
  }

  @Test
  void noMoreDateRangesAreKeptThanWindowsKeep() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(3_000);
    IntStream.range(0, 2_000).forEach(i -> script.mark("r" + i, 3_000, -1));
    script.both(3_000, 30_000, 30, 2);
    snapshot(script.entries, script.entries.size());

    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, received::add);

    // The newest entries are there whole, whatever they are.
    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.DateRange.class::isInstance)
        .extracting(record -> ((IndexRecord.DateRange) record).id())
        .hasSizeLessThan(
            IndexRecord.DateRange.MOST_KEPT + PackagerConfig.defaults().recentEntries())
        .endsWith("r1999");
  }

  private boolean isPart(FeedMessage message) {
    return message instanceof FeedMessage.Part;
  }

  @Test
  void aFollowerThatMissedALittleGoesOnWithoutASnapshot() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(60_000);
    snapshot(script.entries, script.entries.size());
    List<FeedMessage> all = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, all::add);
    long last = index(all).getLast().number();

    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, last - 20, received::add);

    checkOrder(received);
    assertThat(index(received)).hasSize(21);
    assertThat(received).noneMatch(FeedMessage.SnapshotBegun.class::isInstance);
  }

  @Test
  void fetchesPartsThatAreKeptAndNamesThoseThatAreNot() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(20_000);
    snapshot(script.entries, script.entries.size());
    List<FeedMessage> received = new ArrayList<>();
    fabric.source().fetch(CHANNEL, new PartKey(InputScript.TIMELINE, 1, 9, 0), received::add);
    fabric.source().fetch(CHANNEL, new PartKey(InputScript.TIMELINE, 1, 0, 0), received::add);

    assertThat(received.get(0)).isInstanceOf(FeedMessage.Part.class);
    assertThat(received.get(1)).isInstanceOf(FeedMessage.PartUnavailable.class);
  }

  @Test
  void aLinkThatComesBackContinuesWhereItBroke() {
    List<FeedMessage> received = new ArrayList<>();
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    InputScript script = live(10_000);
    List<InputEntry> entries = script.entries;
    snapshot(entries.subList(0, 300), 300);
    link.handler.onLinkDown(link);
    link.handler.onLinkUp(link);
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    assertThat(link.followed).containsExactly(0L, 301L);

    input(entries.subList(300, 400));
    // A snapshot that reaches back to what was there already.
    List<InputEntry> again = new ArrayList<>(entries.subList(0, 4));
    again.addAll(entries.subList(350, entries.size()));
    snapshot(again, entries.size());

    assertThat(index(received).stream().map(IndexEntry::record))
        .noneMatch(IndexRecord.Discontinuity.class::isInstance)
        .noneMatch(IndexRecord.GapPublished.class::isInstance);
  }

  @Test
  void entriesThatNeverCameAreADiscontinuity() {
    List<FeedMessage> received = new ArrayList<>();
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    InputScript script = live(10_000);
    List<InputEntry> entries = script.entries;
    snapshot(entries.subList(0, 300), 300);
    List<InputEntry> later = new ArrayList<>(entries.subList(0, 4));
    later.addAll(entries.subList(400, entries.size()));
    snapshot(later, entries.size());

    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.Discontinuity.class::isInstance)
        .hasSize(1);
  }

  @Test
  void anotherWritersLogIsAskedForFromItsBeginning() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = live(5_000);
    snapshot(script.entries, script.entries.size());
    List<InputEntry> other =
        live(5_000).entries.stream()
            .map(entry -> new InputEntry(entry.number(), new Fence(2, 1), entry.record()))
            .toList();

    input(other.subList(100, 110));
    assertThat(link.followed).containsExactly(0L, 0L);
    List<FeedMessage> received = new ArrayList<>();
    fabric.source().follow(CHANNEL, 0, received::add);
    snapshot(other, other.size());

    assertThat(index(received).getLast().fence()).isEqualTo(new Fence(2, 1));
    checkOrder(received.subList(received.size() - 20, received.size()));
  }

  @Test
  void aBroadcastWhoseIngestIsSilentIsEndedAndThenForgotten() {
    List<FeedMessage> received = new ArrayList<>();
    fabric.source().attach(received::add);
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    InputScript script = live(5_000);
    snapshot(script.entries, script.entries.size());
    link.handler.onLinkDown(link);

    sweep(90);
    assertThat(index(received).stream().map(IndexEntry::record))
        .noneMatch(IndexRecord.BroadcastEnded.class::isInstance);
    sweep(1);
    assertThat(index(received).getLast().record()).isInstanceOf(IndexRecord.BroadcastEnded.class);

    sweep(300);
    assertThat(received.getLast()).isEqualTo(new FeedMessage.Withdrawn(CHANNEL, Feed.PACKAGED));
  }

  @Test
  void aClosedBroadcastIsNotClosedAgain() {
    List<FeedMessage> received = new ArrayList<>();
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    InputScript script = live(5_000).add(new InputRecord.BroadcastClosed(1));
    snapshot(script.entries, script.entries.size());

    sweep(91);
    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.BroadcastEnded.class::isInstance)
        .hasSize(1);
  }

  @Test
  void nobodyWasSilentWhereTheClockWasSetOrTheProcessStoodStill() {
    List<FeedMessage> received = new ArrayList<>();
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    InputScript script = live(5_000);
    snapshot(script.entries, script.entries.size());

    now = now.plusSeconds(3_600);
    sweep(3);

    assertThat(index(received).stream().map(IndexEntry::record))
        .noneMatch(IndexRecord.BroadcastEnded.class::isInstance);
  }

  /** As often as an ingest is given up: what it sends when it is back is on another timeline. */
  @Test
  void anIngestThatComesBackAfterItWasGivenUpGoesOnWithATimelineOfItsOwn() {
    List<FeedMessage> received = new ArrayList<>();
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    fabric.source().follow(CHANNEL, 0, received::add);
    List<InputEntry> entries = live(20_000).entries;
    snapshot(entries.subList(0, 300), 300);
    sweep(91);
    link.followed.clear();

    input(entries.subList(300, 310));
    assertThat(link.followed).containsExactly(0L);
    snapshot(entries.subList(0, 600), 600);
    input(entries.subList(600, 700));
    sweep(91);
    input(entries.subList(700, 701));
    snapshot(entries, entries.size());

    assertThat(index(received).stream().map(IndexEntry::record))
        .filteredOn(IndexRecord.TimelineOpened.class::isInstance)
        .extracting(record -> ((IndexRecord.TimelineOpened) record).timeline())
        .containsExactly(
            InputScript.TIMELINE, InputScript.TIMELINE.next(), InputScript.TIMELINE.next().next());
    assertThat(index(received).getLast().record())
        .isNotInstanceOf(IndexRecord.BroadcastEnded.class);
    checkOrder(received);
  }

  @Test
  void tellsABroadcasterWhoseKeyframesComeLateNowAndThenWhatToSet() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    List<InputEntry> entries = live(10_000).both(10_000, 11_600, 30, 2.9).entries;
    snapshot(entries.subList(0, 300), 300);
    sweep(1);
    assertThat(told).isEmpty();

    input(entries.subList(300, entries.size()));
    sweep(2);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().onAir()).isTrue();
    assertThat(told.getFirst().hints()).singleElement().asString().contains("Keyframe interval: 2");

    sweep(60);
    assertThat(told).hasSize(2);
    assertThat(told.getLast()).isEqualTo(new Told(true, List.of()));

    sweep(91);
    assertThat(told).hasSize(3);
    assertThat(told.getLast()).isEqualTo(new Told(false, List.of()));
  }

  @Test
  void leavesKeyframesThatAreFarApartToTheIngest() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    List<InputEntry> entries =
        InputScript.opened()
            .announceVideo()
            .announceAudio()
            .both(0, 16_600, 30, 8.3)
            .both(16_600, 10_000, 30, 2)
            .entries;
    snapshot(List.of(), 0);
    for (int from = 0; from < entries.size(); from += 77) {
      input(entries.subList(from, Math.min(from + 77, entries.size())));
      sweep(1);
    }

    assertThat(told).isEmpty();
  }

  @Test
  void hintsEndWithTheBroadcast() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    for (int i = 0; i < 7; i++) {
      script.both(i * 4_000L, 3_000, 30, 1);
    }
    snapshot(script.entries, script.entries.size());
    sweep(1);
    assertThat(told.getLast().hints()).singleElement().asString().contains("left out frames");

    script.add(new InputRecord.BroadcastClosed(1));
    input(List.of(script.entries.getLast()));
    sweep(1);
    assertThat(told.getLast()).isEqualTo(new Told(false, List.of()));
  }

  @Test
  void tellsABroadcasterWhoseFramesAreLongerThanAPartWhatToSet() {
    send(new FeedMessage.Announced(CHANNEL, Feed.INPUT));
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    snapshot(script.both(0, 10_000, 4, 2).entries, script.entries.size());
    sweep(1);

    assertThat(told.getLast().hints())
        .singleElement()
        .asString()
        .contains("At 4.0 frames a second", "a frame rate of 5 or more");
  }

  private void sweep(int times) {
    for (int i = 0; i < times; i++) {
      fabric.periodic.forEach(Runnable::run);
    }
  }
}
