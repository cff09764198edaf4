package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test is the agent and moves the clock. */
class IngestTest {
  private static final DirectoryChannel DEMO =
      FakeNodeDirectory.channel("demo", "secret", "backup");
  private static final ChannelId ID = new ChannelId(DEMO.id());
  private static final StreamKey KEY = StreamKey.of("secret");
  private static final PublisherAddress PEER = new PublisherAddress("rtmp", "[::1]:5000");

  private final FakeClock clock = new FakeClock();
  private final FakeFabric fabric = FakeFabric.byHand();
  private final FakeNodeDirectory directory = new FakeNodeDirectory();
  private final FakeNodeReports reports = new FakeNodeReports();
  private final FakeFollower packager = new FakeFollower();
  private final FakeHandle handle = new FakeHandle();
  private Ingest ingest;

  @BeforeEach
  void start() {
    directory.put(DEMO);
    ingest = ingest(IngestConfig.defaults());
  }

  @Test
  void neverShowsAKey() {
    assertThat(StreamKey.of("hunter2").toString()).doesNotContain("hunter2");
    assertThat(StreamKey.of("abc").hash())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void leavesNoTraceOfAPublisherThatSendsNothing() {
    Publication publication = publish(KEY, handle);
    publication.close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    advance(Duration.ofMinutes(2));

    assertThat(packager.messages()).isEmpty();
    assertThat(reports.all()).isEmpty();
  }

  @Test
  void opensTheBroadcastWithTheFirstTrack() {
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.AUDIO);
    publication.announce(Samples.VIDEO);
    video(publication, 0, true);
    follow();

    List<InputEntry> entries = packager.entries();
    assertThat(entries).extracting(InputEntry::number).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(entries.get(0).record()).isInstanceOf(InputRecord.BroadcastOpened.class);
    assertThat(entries.get(1).record()).isInstanceOf(InputRecord.SourceStarted.class);
    assertThat(entries.get(2).record()).isEqualTo(Samples.audioTrack());
    assertThat(entries.get(3).record()).isEqualTo(Samples.videoTrack());
    assertThat(entries.get(4).record()).isInstanceOf(InputRecord.SampleArrived.class);
    assertThat(entries.get(0).fence())
        .isEqualTo(new Fence(DEMO.placement(), clock.utcNs() / 1_000_000));
  }

  @Test
  void writesNoTrackTwiceUnlessItChanged() {
    Publication publication = live();
    Track changed =
        Track.of(
            1,
            TrackKind.VIDEO,
            new AvcConfiguration(Samples.VIDEO.codec().record(), 77, 0, 31, 4, 640, 360, 30),
            1_000);

    publication.announce(Samples.VIDEO);
    publication.announce(changed);
    fabric.runTasks();

    assertThat(packager.records(InputRecord.TrackAnnounced.class))
        .containsExactly(
            new InputRecord.TrackAnnounced(Samples.VIDEO), new InputRecord.TrackAnnounced(changed));
  }

  @Test
  void dropsSamplesOfATrackThatWasNotAnnounced() {
    Publication publication = live();

    publication.sample(Samples.audioSample(0, clock.utcNs()));
    fabric.runTasks();

    assertThat(packager.records(InputRecord.SampleArrived.class)).hasSize(1);
    assertThat(publication.drops()).isEqualTo(1);
  }

  @Test
  void givesTheChannelToTheNewerSessionOfTheSameKeyAtOnce() {
    Publication old = live();
    Publication young = publish(KEY, new FakeHandle());
    video(old, 33, false);
    young.announce(Samples.VIDEO);
    video(young, 0, true);

    assertThat(handle.closings()).containsExactly(CloseReason.TAKEN_OVER);
    assertThat(kinds())
        .containsExactly(
            "BroadcastOpened",
            "SourceStarted",
            "TrackAnnounced",
            "SampleArrived",
            "SourceLost",
            "SourceStarted",
            "TrackAnnounced",
            "SampleArrived");
  }

  @Test
  void keepsAnotherKeyOutWhileThePublisherDelivers() {
    live();

    assertThat(ingest.admit(StreamKey.of("backup"), PEER, new FakeHandle()))
        .isEqualTo(new Admission.Refused(Admission.Reason.CHANNEL_BUSY));

    clock.advance(Duration.ofSeconds(3));
    assertThat(ingest.admit(StreamKey.of("backup"), PEER, new FakeHandle()))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(handle.closings()).containsExactly(CloseReason.TAKEN_OVER);
  }

  @Test
  void refusesMorePublishersThanItMayHave() {
    IngestConfig one = config(1, 1_024, 8 << 20);
    directory.put(FakeNodeDirectory.channel("other", "other-key"));
    Ingest small = ingest(one);

    assertThat(small.admit(KEY, PEER, handle)).isInstanceOf(Admission.Admitted.class);
    assertThat(small.admit(KEY, PEER, handle)).isInstanceOf(Admission.Admitted.class);
    assertThat(small.admit(StreamKey.of("other-key"), PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));
  }

  @Test
  void continuesTheTimelineOfAPublisherThatComesBackWithinTheGracePeriod() {
    live().close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    advance(Duration.ofMillis(29_800));
    Publication back = publish(KEY, handle);
    back.announce(Samples.VIDEO);
    video(back, 0, true);

    assertThat(packager.records(InputRecord.BroadcastOpened.class)).hasSize(1);
    assertThat(packager.records(InputRecord.BroadcastClosed.class)).isEmpty();
    assertThat(packager.records(InputRecord.SourceStarted.class)).hasSize(2);
  }

  @Test
  void endsTheBroadcastWithTheGracePeriodAndOpensAnotherAfterIt() {
    live().close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    advance(Duration.ofSeconds(30));
    assertThat(packager.records(InputRecord.BroadcastClosed.class)).hasSize(1);
    assertThat(reports.last().state()).isEqualTo(ChannelReport.State.ENDED);

    Publication next = publish(KEY, handle);
    next.announce(Samples.VIDEO);
    fabric.runTasks();

    List<InputRecord.BroadcastOpened> opened = packager.records(InputRecord.BroadcastOpened.class);
    assertThat(opened).hasSize(2);
    assertThat(opened.get(1).broadcast()).isNotEqualTo(opened.get(0).broadcast());
    assertThat(opened.get(1).timeline()).isNotEqualTo(opened.get(0).timeline());
    assertThat(packager.entries())
        .extracting(InputEntry::number)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void writesTheClockWhileNothingElseComes() {
    Publication publication = live();
    advance(Duration.ofMillis(600));
    assertThat(packager.records(InputRecord.ClockTicked.class))
        .extracting(InputRecord.ClockTicked::utcNs)
        .hasSize(3)
        .endsWith(clock.utcNs());

    publication.close(CloseReason.TIMED_OUT);
    fabric.runTasks();
    advance(Duration.ofMillis(400));
    assertThat(packager.records(InputRecord.ClockTicked.class)).hasSize(5);
  }

  @Test
  void endsABroadcastByCommand() {
    live();

    directory.end(DEMO.id());
    fabric.runTasks();

    assertThat(kinds()).endsWith("SampleArrived", "BroadcastClosed");
    assertThat(handle.closings()).containsExactly(CloseReason.ENDED);
    assertThat(reports.last().state()).isEqualTo(ChannelReport.State.ENDED);
  }

  @Test
  void closesThePublisherWhoseKeyIsNoLongerGood() {
    live();

    directory.put(FakeNodeDirectory.channel("demo", "rotated"));
    fabric.runTasks();

    assertThat(handle.closings()).containsExactly(CloseReason.KEY_REVOKED);
    assertThat(kinds()).endsWith("SourceLost");
    assertThat(ingest.admit(KEY, PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.UNKNOWN_KEY));
    assertThat(ingest.admit(StreamKey.of("rotated"), PEER, handle))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void endsTheBroadcastOfAChannelThatIsGone() {
    live();

    directory.remove(DEMO.id());
    fabric.runTasks();

    assertThat(kinds()).endsWith("SourceLost", "BroadcastClosed");
  }

  @Test
  void pausesAPublisherUntilTheAgentCatchesUp() {
    ingest = ingest(config(10, 16, 1 << 20));
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 16; i++) {
      publication.sample(Samples.videoSample(i, i == 0, clock.utcNs(), 10));
    }

    assertThat(publication.writable()).isFalse();
    fabric.runTasks();

    assertThat(handle.resumed()).isEqualTo(1);
    assertThat(publication.writable()).isTrue();
  }

  @Test
  void dropsUpToTheNextKeyframeWhenAPublisherDoesNotPause() {
    ingest = ingest(config(10, 16, 1 << 20));
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 40; i++) {
      publication.sample(Samples.videoSample(i, i == 0, clock.utcNs(), 10));
    }
    fabric.runTasks();
    publication.sample(Samples.videoSample(40, false, clock.utcNs(), 10));
    publication.sample(Samples.videoSample(41, true, clock.utcNs(), 10));
    fabric.runTasks();
    follow();

    List<InputRecord.SamplesDropped> dropped = packager.records(InputRecord.SamplesDropped.class);
    assertThat(dropped).hasSize(1);
    assertThat(dropped.getFirst().trackId()).isEqualTo(1);
    assertThat(
            dropped.getFirst().count() + packager.records(InputRecord.SampleArrived.class).size())
        .isEqualTo(42);
    assertThat(kinds()).endsWith("SamplesDropped", "SampleArrived");
  }

  @Test
  void holdsNoMoreDescriptionsThanTheQueueHasRoomForAndTellsTheLastOne() {
    ingest = ingest(config(10, 16, 1 << 20));
    Publication publication = live();
    for (int width = 1; width <= 1_000; width++) {
      publication.announce(picture(width));
    }
    assertThat(publication.writable()).isFalse();

    fabric.runTasks();
    assertThat(packager.records(InputRecord.TrackAnnounced.class)).hasSizeBetween(30, 40);
    video(publication, 0, true);

    assertThat(packager.records())
        .endsWith(
            new InputRecord.TrackAnnounced(picture(1_000)),
            new InputRecord.SampleArrived(Samples.videoSample(0, true, clock.utcNs(), 1_000)));
  }

  @Test
  void tellsTheEndOfAPublisherWhoseQueueIsFull() {
    ingest = ingest(config(10, 16, 1 << 20));
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 1_000; i++) {
      publication.sample(Samples.videoSample(i, i == 0, clock.utcNs(), 10));
    }
    publication.close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    follow();

    assertThat(kinds()).endsWith("SampleArrived", "SourceLost");
    int arrived = packager.records(InputRecord.SampleArrived.class).size();
    assertThat(arrived).isBetween(30, 34);
    assertThat(publication.drops()).isEqualTo(1_000 - arrived);
  }

  @Test
  void refusesPublishersWhileTheAgentHasNotTakenTheEndOfTooMany() {
    ingest = ingest(config(2, 1_024, 8 << 20));
    fabric.full(true);
    for (int i = 0; i < 4; i++) {
      publish(KEY, handle).close(CloseReason.DISCONNECTED);
    }
    assertThat(ingest.admit(KEY, PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));

    fabric.full(false);
    fabric.runPeriodic();

    for (int i = 0; i < 100; i++) {
      publish(KEY, handle).close(CloseReason.DISCONNECTED);
      fabric.runTasks();
    }
  }

  @Test
  void boundsSessionsThatTakeOverFromEachOtherAsWell() {
    ingest = ingest(config(2, 1_024, 8 << 20));
    fabric.full(true);
    for (int i = 0; i < 4; i++) {
      publish(KEY, handle);
    }

    assertThat(ingest.admit(KEY, PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));
  }

  @Test
  void endsABroadcastThoughTheAgentsQueueIsFull() {
    live();
    fabric.full(true);
    for (int i = 0; i < 1_000; i++) {
      directory.end(DEMO.id());
    }
    fabric.full(false);
    assertThat(handle.closings()).isEmpty();

    fabric.runPeriodic();

    assertThat(packager.records(InputRecord.BroadcastClosed.class)).hasSize(1);
    assertThat(handle.closings()).containsExactly(CloseReason.ENDED);
  }

  @Test
  void pausesAPublisherThatRunsAheadOfTheClock() {
    Publication publication = live();
    for (int ms = 33; ms < 10_500; ms += 33) {
      video(publication, ms, false);
    }

    assertThat(publication.writable()).isFalse();
    advance(Duration.ofSeconds(1));

    assertThat(handle.resumed()).isEqualTo(1);
    assertThat(publication.writable()).isTrue();
  }

  @Test
  void looksAgainWhenTheAgentsQueueWasFull() {
    fabric.full(true);
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.VIDEO);
    publication.close(CloseReason.DISCONNECTED);
    fabric.full(false);

    fabric.runPeriodic();
    follow();

    assertThat(kinds()).contains("BroadcastOpened", "SourceLost");
  }

  @Test
  void tellsALateFollowerWhatItMustKnow() {
    Publication publication = live();
    video(publication, 33, false);
    FakeFollower late = new FakeFollower();

    fabric.source().follow(ID, 0, late);
    video(publication, 66, false);

    assertThat(late.messages().getFirst()).isEqualTo(new FeedMessage.SnapshotBegun(ID, Feed.INPUT));
    assertThat(late.messages().get(6)).isEqualTo(new FeedMessage.SnapshotEnded(ID, Feed.INPUT, 5));
    assertThat(late.entries())
        .extracting(InputEntry::number)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void sendsAgainFromANumberOnlyWhatFollowsIt() {
    live();
    FakeFollower back = new FakeFollower();

    fabric.source().follow(ID, 3, back);

    assertThat(back.messages()).hasSize(2);
    assertThat(back.entries()).extracting(InputEntry::number).containsExactly(3L, 4L);
  }

  @Test
  void withdrawsTheChannelSomeTimeAfterItsBroadcast() {
    live().close(CloseReason.FINISHED);
    fabric.runTasks();
    advance(Duration.ofSeconds(30));
    advance(Duration.ofSeconds(60));

    assertThat(packager.messages()).endsWith(new FeedMessage.Withdrawn(ID, Feed.INPUT));
    FakeFollower late = new FakeFollower();
    fabric.source().follow(ID, 0, late);
    assertThat(late.messages()).containsExactly(new FeedMessage.Withdrawn(ID, Feed.INPUT));

    long epoch = packager.entries().getFirst().fence().epoch();
    publish(KEY, handle).announce(Samples.VIDEO);
    fabric.runTasks();
    fabric.source().follow(ID, 0, late);
    assertThat(late.entries().getFirst().number()).isEqualTo(1);
    assertThat(late.entries().getFirst().fence().epoch()).isGreaterThan(epoch);
  }

  @Test
  void reportsWhatTheEncoderSends() {
    Publication publication = live();
    publication.announce(Samples.AUDIO);
    publication.encoder("obs-output");
    for (int frame = 1; frame <= 300; frame++) {
      clock.advance(Duration.ofNanos(33_333_333));
      publication.sample(
          Samples.videoSample(Math.round(frame / 0.03), frame % 150 == 0, clock.utcNs(), 5_000));
      fabric.runTasks();
      if (frame % 6 == 0) {
        fabric.runPeriodic();
      }
    }

    ChannelReport report = reports.last();
    assertThat(report.state()).isEqualTo(ChannelReport.State.LIVE);
    assertThat(report.publisher()).isEqualTo("[::1]:5000 obs-output");
    assertThat(report.bitrateBps()).isBetween(1_150_000L, 1_250_000L);
    assertThat(report.tracks()).hasSize(2);
    assertThat(report.tracks().getFirst().codec()).isEqualTo("avc1.4d001f");
    assertThat(report.tracks().getFirst().width()).isEqualTo(1280);
    assertThat(report.tracks().getFirst().frameRate()).isBetween(29.9, 30.1);
    assertThat(report.tracks().getFirst().keyframeIntervalMs()).isBetween(4_999.0, 5_001.0);
    assertThat(report.hints())
        .containsExactly("Keyframes are 5.0 s apart: set the encoder's keyframe interval to 2 s.");
  }

  @Test
  void takesNobodyNewWhenItDrainsAndLetsThoseGoOnWhoAreThere() {
    Publication publication = live();

    ingest.drain();

    assertThat(handle.closings()).isEmpty();
    assertThat(ingest.publishers()).isEqualTo(1);
    assertThat(ingest.admit(KEY, PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.SHUTTING_DOWN));
    publication.close(CloseReason.FINISHED);
    assertThat(ingest.publishers()).isZero();
  }

  @Test
  void sendsPublishersAwayWhenItCloses() {
    live();

    ingest.close();

    assertThat(handle.closings()).containsExactly(CloseReason.SHUT_DOWN);
    assertThat(ingest.admit(KEY, PEER, handle))
        .isEqualTo(new Admission.Refused(Admission.Reason.SHUTTING_DOWN));
  }

  /** A publication with one keyframe of video, followed by {@link #packager}. */
  private Publication live() {
    Publication publication = publish(KEY, handle);
    publication.announce(Samples.VIDEO);
    video(publication, 0, true);
    follow();
    return publication;
  }

  private static Track picture(int width) {
    return Track.of(
        1,
        TrackKind.VIDEO,
        new AvcConfiguration(Samples.VIDEO.codec().record(), 77, 0, 31, 4, width, 360, 30),
        1_000);
  }

  private void follow() {
    fabric.source().attach(packager);
    fabric.source().follow(ID, 0, packager);
  }

  private Publication publish(StreamKey key, FakeHandle publisher) {
    return ((Admission.Admitted) ingest.admit(key, PEER, publisher)).publication();
  }

  private void video(Publication publication, long ms, boolean keyframe) {
    publication.sample(Samples.videoSample(ms, keyframe, clock.utcNs(), 1_000));
    fabric.runTasks();
  }

  private void advance(Duration by) {
    Duration step = Duration.ofMillis(200);
    for (Duration done = Duration.ZERO; done.compareTo(by) < 0; done = done.plus(step)) {
      clock.advance(step);
      fabric.runPeriodic();
    }
  }

  private List<String> kinds() {
    return packager.records().stream().map(record -> record.getClass().getSimpleName()).toList();
  }

  private Ingest ingest(IngestConfig config) {
    return new Ingest(
        config, fabric, directory, reports, new PrometheusRegistry(), clock, new Random(1));
  }

  private static IngestConfig config(int maxPublishers, int queueSamples, int queueBytes) {
    IngestConfig defaults = IngestConfig.defaults();
    return new IngestConfig(
        maxPublishers,
        queueSamples,
        queueBytes,
        defaults.historyBytes(),
        defaults.historyEntries(),
        defaults.maxTracks(),
        defaults.maxAhead(),
        defaults.halfOpenAfter(),
        defaults.tick(),
        defaults.report(),
        defaults.linger());
  }
}
