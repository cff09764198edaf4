package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.ChannelReport;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.Fence;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written into a channel's input log, from the first track to the withdrawal. */
class BroadcastTest {
  private final TestIngest ingest = new TestIngest();

  @Test
  void leavesNoTraceOfAPublisherThatSendsNothing() {
    Publication publication = ingest.publish();
    publication.close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    ingest.advance(Duration.ofMinutes(2));

    assertThat(ingest.packager.messages()).isEmpty();
    assertThat(ingest.reports.all()).isEmpty();
  }

  @Test
  void opensTheBroadcastWithTheFirstTrack() {
    Publication publication = ingest.publish();
    publication.announce(Samples.AUDIO);
    publication.announce(Samples.VIDEO);
    ingest.video(publication, 0, true);
    ingest.follow();

    List<InputEntry> entries = ingest.packager.entries();
    assertThat(entries).extracting(InputEntry::number).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(entries.get(0).record()).isInstanceOf(InputRecord.BroadcastOpened.class);
    assertThat(entries.get(1).record()).isInstanceOf(InputRecord.SourceStarted.class);
    assertThat(entries.get(2).record()).isEqualTo(Samples.audioTrack());
    assertThat(entries.get(3).record()).isEqualTo(Samples.videoTrack());
    assertThat(entries.get(4).record()).isInstanceOf(InputRecord.SampleArrived.class);
    assertThat(entries.get(0).fence())
        .isEqualTo(new Fence(TestIngest.DEMO.placement(), ingest.clock.utcNs() / 1_000_000));
  }

  @Test
  void writesNoTrackTwiceUnlessItChanged() {
    Publication publication = ingest.live();
    Track changed =
        Track.of(
            1,
            TrackKind.VIDEO,
            new AvcConfiguration(Samples.VIDEO.codec().record(), 77, 0, 31, 4, 640, 360, 30),
            1_000);

    publication.announce(Samples.VIDEO);
    publication.announce(changed);
    ingest.fabric.runTasks();

    assertThat(ingest.packager.records(InputRecord.TrackAnnounced.class))
        .containsExactly(
            new InputRecord.TrackAnnounced(Samples.VIDEO), new InputRecord.TrackAnnounced(changed));
  }

  @Test
  void dropsSamplesOfATrackThatWasNotAnnounced() {
    Publication publication = ingest.live();

    publication.sample(Samples.audioSample(0, ingest.clock.utcNs()));
    ingest.fabric.runTasks();

    assertThat(ingest.packager.records(InputRecord.SampleArrived.class)).hasSize(1);
    assertThat(publication.drops()).isEqualTo(1);
  }

  @Test
  void continuesTheTimelineOfAPublisherThatComesBackWithinTheGracePeriod() {
    ingest.live().close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    ingest.advance(Duration.ofMillis(29_800));
    Publication back = ingest.publish();
    back.announce(Samples.VIDEO);
    ingest.video(back, 0, true);

    assertThat(ingest.packager.records(InputRecord.BroadcastOpened.class)).hasSize(1);
    assertThat(ingest.packager.records(InputRecord.BroadcastClosed.class)).isEmpty();
    assertThat(ingest.packager.records(InputRecord.SourceStarted.class)).hasSize(2);
  }

  @Test
  void endsTheBroadcastWithTheGracePeriodAndOpensAnotherAfterIt() {
    ingest.live().close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    ingest.advance(Duration.ofSeconds(30));
    assertThat(ingest.packager.records(InputRecord.BroadcastClosed.class)).hasSize(1);
    assertThat(ingest.reports.last().state()).isEqualTo(ChannelReport.State.ENDED);

    Publication next = ingest.publish();
    next.announce(Samples.VIDEO);
    ingest.fabric.runTasks();

    List<InputRecord.BroadcastOpened> opened =
        ingest.packager.records(InputRecord.BroadcastOpened.class);
    assertThat(opened).hasSize(2);
    assertThat(opened.get(1).broadcast()).isNotEqualTo(opened.get(0).broadcast());
    assertThat(opened.get(1).timeline()).isNotEqualTo(opened.get(0).timeline());
    assertThat(ingest.packager.entries())
        .extracting(InputEntry::number)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void doesNotWaitForAPublisherWhoseStreamCannotBeDelivered() {
    ingest.live().close(CloseReason.UNSUPPORTED);
    ingest.fabric.runTasks();

    assertThat(ingest.packager.records(InputRecord.BroadcastClosed.class)).hasSize(1);
  }

  @Test
  void waitsWhereSuchAPublisherOnlyWentOnWithABroadcast() {
    ingest.live().close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    Publication back = ingest.publish();
    back.announce(Samples.VIDEO);
    ingest.fabric.runTasks();
    back.close(CloseReason.UNSUPPORTED);
    ingest.fabric.runTasks();

    assertThat(ingest.packager.records(InputRecord.BroadcastClosed.class)).isEmpty();
  }

  @Test
  void writesTheClockWhileNothingElseComes() {
    Publication publication = ingest.live();
    ingest.advance(Duration.ofMillis(600));
    assertThat(ingest.packager.records(InputRecord.ClockTicked.class))
        .extracting(InputRecord.ClockTicked::utcNs)
        .hasSize(3)
        .endsWith(ingest.clock.utcNs());

    publication.close(CloseReason.TIMED_OUT);
    ingest.fabric.runTasks();
    ingest.advance(Duration.ofMillis(400));
    assertThat(ingest.packager.records(InputRecord.ClockTicked.class)).hasSize(5);
  }

  @Test
  void endsABroadcastByCommand() {
    ingest.live();

    ingest.directory.end(TestIngest.DEMO.id());
    ingest.fabric.runTasks();

    assertThat(ingest.kinds()).endsWith("SampleArrived", "BroadcastClosed");
    assertThat(ingest.handle.closings()).containsExactly(CloseReason.ENDED);
    assertThat(ingest.reports.last().state()).isEqualTo(ChannelReport.State.ENDED);
  }

  @Test
  void endsTheBroadcastOfAChannelThatIsGone() {
    ingest.live();

    ingest.directory.remove(TestIngest.DEMO.id());
    ingest.fabric.runTasks();

    assertThat(ingest.kinds()).endsWith("SourceLost", "BroadcastClosed");
  }

  @Test
  void tellsALateFollowerWhatItMustKnow() {
    Publication publication = ingest.live();
    ingest.video(publication, 33, false);
    FakeFollower late = new FakeFollower();

    ingest.fabric.source().follow(TestIngest.ID, 0, late);
    ingest.video(publication, 66, false);

    assertThat(late.messages().getFirst())
        .isEqualTo(new FeedMessage.SnapshotBegun(TestIngest.ID, Feed.INPUT));
    assertThat(late.messages().get(6))
        .isEqualTo(new FeedMessage.SnapshotEnded(TestIngest.ID, Feed.INPUT, 5));
    assertThat(late.entries())
        .extracting(InputEntry::number)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void sendsAgainFromANumberOnlyWhatFollowsIt() {
    ingest.live();
    FakeFollower back = new FakeFollower();

    ingest.fabric.source().follow(TestIngest.ID, 3, back);

    assertThat(back.messages()).hasSize(2);
    assertThat(back.entries()).extracting(InputEntry::number).containsExactly(3L, 4L);
  }

  @Test
  void withdrawsTheChannelSomeTimeAfterItsBroadcast() {
    ingest.live().close(CloseReason.FINISHED);
    ingest.fabric.runTasks();
    ingest.advance(Duration.ofSeconds(30));
    ingest.advance(Duration.ofSeconds(60));

    assertThat(ingest.packager.messages())
        .endsWith(new FeedMessage.Withdrawn(TestIngest.ID, Feed.INPUT));
    FakeFollower late = new FakeFollower();
    ingest.fabric.source().follow(TestIngest.ID, 0, late);
    assertThat(late.messages())
        .containsExactly(new FeedMessage.Withdrawn(TestIngest.ID, Feed.INPUT));

    long epoch = ingest.packager.entries().getFirst().fence().epoch();
    ingest.publish().announce(Samples.VIDEO);
    ingest.fabric.runTasks();
    ingest.fabric.source().follow(TestIngest.ID, 0, late);
    assertThat(late.entries().getFirst().number()).isEqualTo(1);
    assertThat(late.entries().getFirst().fence().epoch()).isGreaterThan(epoch);
  }

  @Test
  void reportsWhatTheEncoderSends() {
    Publication publication = ingest.live();
    publication.announce(Samples.AUDIO);
    publication.encoder("obs-output");
    for (int frame = 1; frame <= 300; frame++) {
      ingest.clock.advance(Duration.ofNanos(33_333_333));
      publication.sample(
          Samples.videoSample(
              Math.round(frame / 0.03), frame % 150 == 0, ingest.clock.utcNs(), 5_000));
      ingest.fabric.runTasks();
      if (frame % 6 == 0) {
        ingest.fabric.runPeriodic();
      }
    }

    ChannelReport report = ingest.reports.last();
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
}
