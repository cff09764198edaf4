package io.millrace.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.window.index.ChannelView;
import io.millrace.window.index.DateRangeView;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartBytes;
import io.millrace.window.store.PartStoreConfig;
import io.netty.buffer.ByteBuf;
import io.netty.util.LeakPresenceDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelWindowTest {
  private static final long PAGE = 4_096;

  private final ChannelId channel = PublishedStream.channelId(1);
  private final PublishedStream stream = new PublishedStream(channel, 6);
  private Windows windows = new Windows(channel);

  @AfterEach
  void releasesEverything() {
    windows.close();
    assertThat(windows.store.usedBytes()).isZero();
    LeakPresenceDetector.check();
  }

  private TimelineView timeline() {
    return windows.window.view().newest().orElseThrow();
  }

  private RenditionView video() {
    return Objects.requireNonNull(timeline().rendition("v1"));
  }

  private PartBytes.State stateOf(PartKey key) {
    return Objects.requireNonNull(windows.window.bytes(key)).state();
  }

  @Test
  void foldsPartsIntoSegments() {
    windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.parts(3));

    assertThat(timeline().isPlayable()).isTrue();
    assertThat(video().segments()).extracting("msn").containsExactly(0L, 1L);
    assertThat(video().open().msn()).isEqualTo(2);
    assertThat(video().open().partCount()).isEqualTo(3);
    assertThat(video().lastCompleteMsn()).isEqualTo(1);
    assertThat(video().segments().getFirst().durationNs()).isEqualTo(1_000_000_000L);
  }

  @Test
  void publishesAPartWithItsBytes() {
    List<FeedMessage> part = new ArrayList<>(stream.open());
    part.addAll(stream.part());
    windows.feed(part);

    ByteBuf bytes =
        Objects.requireNonNull(
            Objects.requireNonNull(video().open().parts().getFirst().bytes()).retained());

    assertThat(bytes.readableBytes()).isEqualTo(4_000);
    bytes.release();
  }

  @Test
  void dropsWhatLeftTheWindowButKeepsItForLateViewers() {
    windows.feed(stream.open()).feed(stream.segments(20));

    assertThat(timeline().firstMsn()).isEqualTo(14);
    assertThat(video().segments().getFirst().msn()).isEqualTo(10);
    assertThat(windows.store.usedBytes()).isEqualTo(10 * 5 * 2 * PAGE);
  }

  /**
   * RFC 8216bis 6.2.2: for as long as it lasts and the longest playlist with it, which was longer
   * than the window by up to a segment, a second and a half.
   */
  @Test
  void aSegmentCanBeHadForItsOwnLengthAfterItLeftHoweverManyLeaveWithIt() {
    PublishedStream uneven = new PublishedStream(channel, 10);
    windows.feed(uneven.open());
    shortSegments(uneven, 10);
    feedWindowUnmoved(uneven.segments(10));

    windows.feed(uneven.startWindow(5));
    assertThat(video().segments().getFirst().msn()).isZero();
    windows.feed(uneven.startWindow(10));
    assertThat(video().segments().getFirst().msn()).isEqualTo(5);
    feedWindowUnmoved(uneven.segments(10));
    windows.feed(uneven.startWindow(20));
    assertThat(video().segments().getFirst().msn()).isEqualTo(17);
    assertThatALateJoinerSeesTheSame();
  }

  @Test
  void aLongSegmentCanBeHadThoughShortOnesThatFollowItAreGone() {
    PublishedStream uneven = new PublishedStream(channel, 10);
    windows.feed(uneven.open());
    for (int part = 0; part < 3 * PublishedStream.PARTS; part++) {
      windows.feed(uneven.longPart());
    }
    windows.feed(uneven.endSegment());
    shortSegments(uneven, 40);

    windows.feed(uneven.startWindow(1));
    windows.feed(uneven.startWindow(11));
    assertThat(video().segments().getFirst().msn()).isZero();
    assertThatALateJoinerSeesTheSame();
    windows.feed(uneven.startWindow(13));
    assertThat(video().segments().getFirst().msn()).isEqualTo(8);
    assertThatALateJoinerSeesTheSame();
  }

  /** Of two parts, 0.4 s. */
  private void shortSegments(PublishedStream from, int count) {
    for (int i = 0; i < count; i++) {
      feedWindowUnmoved(from.parts(2));
      feedWindowUnmoved(from.endSegment());
    }
  }

  private void feedWindowUnmoved(List<FeedMessage> messages) {
    windows.feed(
        messages.stream()
            .filter(
                message ->
                    !(message instanceof FeedMessage.Index index
                        && index.entry().record() instanceof IndexRecord.WindowStarted))
            .toList());
  }

  private void assertThatALateJoinerSeesTheSame() {
    List<FeedMessage> snapshot = new ArrayList<>();
    windows.window.survivors().forEach(e -> snapshot.add(new FeedMessage.Index(channel, e)));
    try (Windows late = new Windows(channel)) {
      late.feed(snapshot);

      assertThat(describe(late.window.view())).isEqualTo(describe(windows.window.view()));
      assertThat(late.window.survivors()).isEqualTo(windows.window.survivors());
    }
  }

  @Test
  void aSnapshotGivesTheSameView() {
    windows.feed(stream.open()).feed(stream.segments(8)).feed(stream.discontinuity());
    windows.feed(stream.segments(3)).feed(stream.parts(2));
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, io.millrace.fabric.Feed.WINDOW));
    windows.window.survivors().forEach(e -> snapshot.add(new FeedMessage.Index(channel, e)));
    snapshot.add(
        new FeedMessage.SnapshotEnded(
            channel, io.millrace.fabric.Feed.WINDOW, windows.window.lastNumber()));

    try (Windows late = new Windows(channel)) {
      late.feed(snapshot);

      assertThat(describe(late.window.view())).isEqualTo(describe(windows.window.view()));
      List<FeedMessage> next = stream.segments(4);
      windows.feed(next);
      late.feed(next);
      assertThat(describe(late.window.view())).isEqualTo(describe(windows.window.view()));
      assertThat(late.window.survivors()).isEqualTo(windows.window.survivors());
    }
  }

  @Test
  void segmentsOfBeforeAnotherSamplingRateKeepTheirLengths() {
    windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.changeSound(44_100));
    windows.feed(stream.segments(2)).feed(stream.parts(1));
    List<FeedMessage> snapshot = new ArrayList<>();
    windows.window.survivors().forEach(e -> snapshot.add(new FeedMessage.Index(channel, e)));

    try (Windows late = new Windows(channel)) {
      late.feed(snapshot);

      for (Windows each : List.of(windows, late)) {
        RenditionView sound =
            Objects.requireNonNull(
                each.window.view().newest().orElseThrow().rendition("a2"), "no sound");
        assertThat(sound.segments())
            .extracting(SegmentView::durationNs)
            .containsOnly(1_000_000_000L);
        assertThat(sound.segments()).extracting(SegmentView::timescale).contains(48_000, 44_100);
        assertThat(sound.open().durationNs()).isEqualTo(PublishedStream.PART_NS);
      }
    }
  }

  private void feedSeconds(PublishedStream from, int seconds) {
    for (int i = 0; i < seconds; i++) {
      windows.feed(from.segments(1));
      windows.nowNs += 1_000_000_000L;
    }
  }

  private Windows small() {
    windows.close();
    windows = new Windows(channel, PartStoreConfig.defaults().withBudgetBytes(1 << 20));
    return windows;
  }

  @Test
  void aWindowThatDoesNotFitTheBudgetListsWhatItHolds() {
    PublishedStream rewind = new PublishedStream(channel, 600);
    small().upstreamKeepsAll = false;
    windows.feed(rewind.open());
    feedSeconds(rewind, 50);
    windows.feed(rewind.discontinuity());
    feedSeconds(rewind, 250);

    // Ten pages of 4 KiB a second: 25 seconds' worth.
    assertThat(windows.store.usedBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(timeline().firstMsn()).isBetween(274L, 276L);
    assertThat(timeline().discontinuitySequence()).isEqualTo(1);
    assertThat(video().segments().getFirst().msn()).isEqualTo(timeline().firstMsn());
    for (SegmentView segment : video().segments()) {
      for (PartView part : segment.parts()) {
        assertThat(stateOf(part.key())).isEqualTo(PartBytes.State.PRESENT);
      }
    }
    assertThat(windows.window.survivors()).hasSizeLessThan(46 * 12 + 10);
  }

  @Test
  void aWindowWhoseUpstreamHasAllListsWhatCanBeFetched() {
    PublishedStream rewind = new PublishedStream(channel, 600);
    small().feed(rewind.open());
    feedSeconds(rewind, 100);
    PartKey old = new PartKey(rewind.timeline(), 1, 3, 0);

    assertThat(timeline().firstMsn()).isZero();
    assertThat(stateOf(old)).isEqualTo(PartBytes.State.MISSING);
    windows.window.want(old, windows.nowNs);
    assertThat(windows.fetched).containsExactly(old);

    windows.window.onPartUnavailable(new PartKey(rewind.timeline(), 2, 20, 1), windows.nowNs);
    assertThat(timeline().firstMsn()).isEqualTo(21);
    assertThat(windows.window.bytes(old)).isNull();

    // What is here is listed, whoever else has let it go; and the last segments are in any case.
    windows.window.onPartUnavailable(new PartKey(rewind.timeline(), 1, 90, 0), windows.nowNs);
    assertThat(timeline().firstMsn()).isEqualTo(21);
    windows.feed(
        rewind.part().stream().filter(message -> message instanceof FeedMessage.Index).toList());
    windows.window.onPartUnavailable(new PartKey(rewind.timeline(), 1, 100, 0), windows.nowNs);
    assertThat(timeline().firstMsn()).isEqualTo(21);
  }

  @Test
  void whoJoinsLateListsWhatCameWithTheSnapshotWhereUpstreamHasNoMore() {
    PublishedStream rewind = new PublishedStream(channel, 60);
    List<FeedMessage> messages = new ArrayList<>(rewind.open());
    messages.addAll(rewind.segments(20));
    messages.addAll(rewind.parts(1));
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, io.millrace.fabric.Feed.WINDOW));
    messages.stream()
        .filter(m -> !(m instanceof FeedMessage.Part part) || part.key().msn() >= 11)
        .forEach(snapshot::add);
    snapshot.add(
        new FeedMessage.SnapshotEnded(
            channel, io.millrace.fabric.Feed.WINDOW, rewind.lastNumber()));

    windows.feed(snapshot);
    assertThat(timeline().firstMsn()).isZero();
    small().upstreamKeepsAll = false;
    windows.feed(snapshot);
    assertThat(timeline().firstMsn()).isEqualTo(11);
    assertThat(video().segments()).hasSize(9);
  }

  @Test
  void aSegmentHasTheDescriptionOfItsInitSection() {
    windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.describeVideo(60));
    List<FeedMessage> change =
        stream.changeVideo(PublishedStream.hevc(1920, 1080, /* transfer= */ 16));

    assertThat(rates()).containsExactly(30.0);
    windows.feed(change.subList(0, 2));
    assertThat(rates()).containsExactly(60.0);
    // The next one's description is not taken for this one's while its init section is missing.
    windows.feed(change.subList(2, 3));
    assertThat(rates()).containsExactly(60.0);
    windows.feed(change.subList(3, 4));
    assertThat(rates()).containsExactly(60.0, 50.0);
    windows.feed(stream.segments(1)).feed(stream.describeVideo(25)).feed(stream.segments(1));
    assertThat(rates()).containsExactly(60.0, 25.0);
    assertThat(video().configurationOf(1).orElseThrow().track().codec().codecsString())
        .isEqualTo("avc1.64001f");
    assertThat(video().configurationsFrom(1)).hasSize(2);
    assertThat(video().configurationsFrom(2)).hasSize(1);

    windows.feed(stream.segments(12));
    assertThat(rates()).containsExactly(25.0);
  }

  private List<Double> rates() {
    return video().configurations().stream()
        .map(each -> ((VideoConfiguration) each.track().codec()).frameRate())
        .toList();
  }

  @Test
  void aDateRangeThatWentIsRememberedForSixTargetDurations() {
    windows.feed(stream.open()).feed(stream.segments(2));
    windows.feed(stream.dateRange("ad", 1_000_000_000L, 1_500_000_000L));
    windows.feed(stream.segments(6));

    assertThat(timeline().dateRanges()).extracting(DateRangeView::addedMsn).containsExactly(2L);
    assertThat(timeline().removedDateRanges()).isEmpty();
    windows.feed(stream.segments(1));
    assertThat(timeline().dateRanges()).isEmpty();
    assertThat(timeline().removedDateRanges()).hasSize(1);
    windows.feed(stream.segments(5));
    assertThat(timeline().removedDateRanges()).hasSize(1);
    windows.feed(stream.segments(1));
    assertThat(timeline().removedDateRanges()).isEmpty();
  }

  /** Without the places of the bytes, which are each window's own. */
  private static String describe(ChannelView view) {
    return view.toString().replaceAll("PartBytes@[0-9a-f]+", "PartBytes");
  }

  @Test
  void halfASnapshotChangesNothing() {
    windows.feed(stream.open()).feed(stream.segments(2));
    ChannelView before = windows.window.view();

    windows.feed(List.of(new FeedMessage.SnapshotBegun(channel, io.millrace.fabric.Feed.WINDOW)));
    windows.feed(new PublishedStream(channel, 6).open());
    windows.window.onLinkDown();

    assertThat(windows.window.view()).isSameAs(before);
    assertThat(stateOf(new PartKey(stream.timeline(), 1, 0, 0))).isEqualTo(PartBytes.State.PRESENT);
  }

  @Test
  void asksForBytesThatDidNotComeAndGivesUp() {
    windows.feed(stream.open());
    windows.feed(stream.part().stream().filter(m -> m instanceof FeedMessage.Index).toList());
    PartKey key = new PartKey(stream.timeline(), 1, 0, 0);
    AtomicInteger changes = new AtomicInteger();
    windows.window.addListener(changes::incrementAndGet);

    windows.window.tick(TimeUnit.MILLISECONDS.toNanos(59));
    assertThat(windows.fetched).isEmpty();
    windows.window.tick(TimeUnit.MILLISECONDS.toNanos(60));
    assertThat(windows.fetched).contains(key);
    for (int ms = 100; ms < 2_000; ms += 50) {
      windows.window.tick(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    assertThat(windows.fetched).filteredOn(key::equals).hasSize(4);
    assertThat(stateOf(key)).isEqualTo(PartBytes.State.UNAVAILABLE);
    assertThat(changes.get()).isEqualTo(2);
  }

  @Test
  void takesRepairedBytesAndTellsWaitingViewers() {
    windows.feed(stream.open());
    List<FeedMessage> part = stream.part();
    windows.feed(part.stream().filter(m -> m instanceof FeedMessage.Index).toList());
    AtomicInteger changes = new AtomicInteger();
    windows.window.addListener(changes::incrementAndGet);

    windows.feed(part.stream().filter(m -> m instanceof FeedMessage.Part).toList());

    assertThat(stateOf(new PartKey(stream.timeline(), 1, 0, 0))).isEqualTo(PartBytes.State.PRESENT);
    assertThat(changes.get()).isEqualTo(2);
    windows.window.tick(TimeUnit.SECONDS.toNanos(1));
    assertThat(windows.fetched).isEmpty();
  }

  @Test
  void refusesBytesOfAnotherHash() {
    windows.feed(stream.open());
    List<FeedMessage> part = stream.part();
    PartKey key = new PartKey(stream.timeline(), 1, 0, 0);
    FeedMessage wrong =
        new FeedMessage.Part(channel, stream.fence(), key, Bytes.wrap(new byte[4_000]));

    windows.feed(List.of(wrong));
    windows.feed(part.stream().filter(m -> m instanceof FeedMessage.Index).toList());
    assertThat(stateOf(key)).isEqualTo(PartBytes.State.MISSING);
    windows.feed(List.of(wrong));
    assertThat(stateOf(key)).isEqualTo(PartBytes.State.MISSING);

    windows.feed(part.stream().filter(m -> m instanceof FeedMessage.Part).toList());
    assertThat(stateOf(key)).isEqualTo(PartBytes.State.PRESENT);
  }

  @Test
  void dropsALowerFence() {
    stream.fence(new Fence(2, 1));
    windows.feed(stream.open()).feed(stream.parts(2));
    PublishedStream stale = new PublishedStream(channel, 6);
    stale.open();

    List<FeedMessage> late = stale.parts(3);
    windows.feed(late);

    assertThat(video().open().partCount()).isEqualTo(2);
  }

  @Test
  void givesUpRewindBeforeLiveAndRefusesNewChannels() {
    windows.close();
    windows = new Windows(channel, PartStoreConfig.defaults().withBudgetBytes(1 << 20));
    PublishedStream wide = new PublishedStream(channel, 1_000);
    windows.feed(wide.open());
    for (int segment = 0; segment < 60; segment++) {
      windows.nowNs = TimeUnit.SECONDS.toNanos(segment);
      windows.feed(wide.segments(1));
    }

    assertThat(windows.store.usedBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(stateOf(new PartKey(wide.timeline(), 1, 0, 0))).isEqualTo(PartBytes.State.MISSING);
    assertThat(stateOf(new PartKey(wide.timeline(), 1, 59, 4))).isEqualTo(PartBytes.State.PRESENT);
    for (int segment = 0; segment < 60; segment++) {
      windows.feed(wide.segments(1));
    }
    assertThat(windows.store.hasRoom(windows.nowNs)).isFalse();
    assertThat(windows.store.hasRoom(windows.nowNs + TimeUnit.SECONDS.toNanos(20))).isTrue();
  }

  @Test
  void countsWhatReadersHoldOfPartsThatWereLetGoAgainstTheBudget() {
    windows.close();
    windows =
        new Windows(
            channel, PartStoreConfig.defaults().withBudgetBytes(1 << 20).withFiles(null, 1));
    PublishedStream wide = new PublishedStream(channel, 1_000);
    windows.feed(wide.open());
    List<ByteBuf> held = new ArrayList<>();
    for (int segment = 0; segment < 60; segment++) {
      windows.nowNs = TimeUnit.SECONDS.toNanos(segment);
      windows.feed(wide.segments(1));
      PartKey key = new PartKey(wide.timeline(), 1, segment, 0);
      held.add(
          Objects.requireNonNull(Objects.requireNonNull(windows.window.bytes(key)).retained()));
    }

    long letGo = windows.store.heldBytes();
    assertThat(letGo).isPositive().isLessThan(60 * 4_000);
    assertThat(windows.store.usedBytes() + letGo).isLessThanOrEqualTo(1 << 20);
    assertThat(windows.store.heldShare()).isEqualTo(letGo / (double) (1 << 18));
    windows.close();
    assertThat(windows.store.heldBytes()).as("all that is retained").isEqualTo(60 * 4_000);
    held.forEach(ByteBuf::release);
    assertThat(windows.store.heldBytes()).isZero();
  }

  @Test
  void forgetsAnEndedTimelineAfterItsTime() {
    windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.end());
    assertThat(video().ended()).isTrue();
    windows.feed(stream.openNext()).feed(stream.parts(1));
    assertThat(windows.window.view().timelines()).hasSize(2);

    windows.window.sweep(0, PublishedStream.UTC_NS + TimeUnit.SECONDS.toNanos(3));

    assertThat(windows.window.view().timelines()).hasSize(1);
    assertThat(windows.store.usedBytes()).isEqualTo(2 * PAGE);
  }
}
