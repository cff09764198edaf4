package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Publishers that are faster than the agent, or than the clock. */
class BackpressureTest {
  private final TestIngest ingest = new TestIngest();

  @Test
  void pausesAPublisherUntilTheAgentCatchesUp() {
    ingest.limit(10, 16, 1 << 20);
    Publication publication = ingest.publish();
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 16; i++) {
      publication.sample(Samples.videoSample(i, i == 0, ingest.clock.utcNs(), 10));
    }

    assertThat(publication.writable()).isFalse();
    ingest.fabric.runTasks();

    assertThat(ingest.handle.resumed()).isEqualTo(1);
    assertThat(publication.writable()).isTrue();
  }

  @Test
  void dropsUpToTheNextKeyframeWhenAPublisherDoesNotPause() {
    ingest.limit(10, 16, 1 << 20);
    Publication publication = ingest.publish();
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 40; i++) {
      publication.sample(Samples.videoSample(i, i == 0, ingest.clock.utcNs(), 10));
    }
    ingest.fabric.runTasks();
    publication.sample(Samples.videoSample(40, false, ingest.clock.utcNs(), 10));
    publication.sample(Samples.videoSample(41, true, ingest.clock.utcNs(), 10));
    ingest.fabric.runTasks();
    ingest.follow();

    List<InputRecord.SamplesDropped> dropped =
        ingest.packager.records(InputRecord.SamplesDropped.class);
    assertThat(dropped).hasSize(1);
    assertThat(dropped.getFirst().trackId()).isEqualTo(1);
    assertThat(
            dropped.getFirst().count()
                + ingest.packager.records(InputRecord.SampleArrived.class).size())
        .isEqualTo(42);
    assertThat(ingest.kinds()).endsWith("SamplesDropped", "SampleArrived");
  }

  @Test
  void holdsNoMoreDescriptionsThanTheQueueHasRoomForAndTellsTheLastOne() {
    ingest.limit(10, 16, 1 << 20);
    Publication publication = ingest.live();
    for (int width = 1; width <= 1_000; width++) {
      publication.announce(picture(width));
    }
    assertThat(publication.writable()).isFalse();

    ingest.fabric.runTasks();
    assertThat(ingest.packager.records(InputRecord.TrackAnnounced.class)).hasSizeBetween(30, 40);
    ingest.video(publication, 0, true);

    assertThat(ingest.packager.records())
        .endsWith(
            new InputRecord.TrackAnnounced(picture(1_000)),
            new InputRecord.SampleArrived(
                Samples.videoSample(0, true, ingest.clock.utcNs(), 1_000)));
  }

  @Test
  void tellsTheEndOfAPublisherWhoseQueueIsFull() {
    ingest.limit(10, 16, 1 << 20);
    Publication publication = ingest.publish();
    publication.announce(Samples.VIDEO);
    for (int i = 0; i < 1_000; i++) {
      publication.sample(Samples.videoSample(i, i == 0, ingest.clock.utcNs(), 10));
    }
    publication.close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    ingest.follow();

    assertThat(ingest.kinds()).endsWith("SampleArrived", "SourceLost");
    int arrived = ingest.packager.records(InputRecord.SampleArrived.class).size();
    assertThat(arrived).isBetween(30, 34);
    assertThat(publication.drops()).isEqualTo(1_000 - arrived);
  }

  @Test
  void pausesAPublisherThatRunsAheadOfTheClock() {
    Publication publication = ingest.live();
    for (int ms = 33; ms < 10_500; ms += 33) {
      ingest.video(publication, ms, false);
    }

    assertThat(publication.writable()).isFalse();
    ingest.advance(Duration.ofSeconds(1));

    assertThat(ingest.handle.resumed()).isEqualTo(1);
    assertThat(publication.writable()).isTrue();
  }

  @Test
  void readsAPublisherThatSendsTooManyBytesMoreSlowly() {
    Publication publication = ingest.live();
    for (int i = 0; i < 30; i++) {
      publication.sample(Samples.videoSample(i, true, ingest.clock.utcNs(), 1 << 20));
      ingest.fabric.runTasks();
    }
    assertThat(publication.writable()).isFalse();

    ingest.advance(Duration.ofMillis(200));
    assertThat(publication.writable()).isFalse();

    ingest.advance(Duration.ofMillis(500));
    assertThat(publication.writable()).isTrue();
    assertThat(publication.drops()).isZero();
  }

  @Test
  void aPublisherThatComesBackGoesOnWithWhatTheOneBeforeHasLeft() {
    for (int session = 0; session < 10; session++) {
      Publication publication = ingest.publish(new FakeHandle());
      publication.announce(Samples.VIDEO);
      for (int i = 0; i < 4; i++) {
        publication.sample(Samples.videoSample(i, true, ingest.clock.utcNs(), 1 << 20));
      }
      publication.close(CloseReason.DISCONNECTED);
      ingest.fabric.runTasks();
    }
    FakeHandle last = new FakeHandle();
    Publication publication = ingest.publish(last);

    assertThat(publication.writable()).isFalse();
    // 40 MiB were sent, 24 at once are free.
    ingest.advance(Duration.ofMillis(1_200));
    assertThat(publication.writable()).isFalse();
    ingest.advance(Duration.ofMillis(400));
    assertThat(publication.writable()).isTrue();
    assertThat(last.resumed()).isEqualTo(1);
  }

  @Test
  void aDebtOfManySessionsIsSoonForgiven() {
    for (int session = 0; session < 200; session++) {
      Publication publication = ingest.publish(new FakeHandle());
      publication.announce(Samples.VIDEO);
      publication.sample(Samples.videoSample(0, true, ingest.clock.utcNs(), 4 << 20));
      publication.close(CloseReason.DISCONNECTED);
      ingest.fabric.runTasks();
    }
    FakeHandle last = new FakeHandle();
    assertThat(ingest.publish(last).writable()).isFalse();

    ingest.advance(Duration.ofMillis(2_200));

    assertThat(last.resumed()).isEqualTo(1);
  }

  /** Who was told to wait waits for the call, though there is room before it has asked again. */
  @Test
  void whoeverIsToldToWaitIsToldToGoOn() {
    Publication publication = ingest.live();
    for (int ms = 33; ms < 10_500; ms += 33) {
      ingest.video(publication, ms, false);
    }
    assertThat(publication.writable()).isFalse();
    ingest.clock.advanceAfterNextRead(Duration.ofSeconds(1));
    assertThat(publication.writable()).isFalse();

    ingest.advance(Duration.ofMillis(200));

    assertThat(ingest.handle.resumed()).isEqualTo(1);
  }

  @Test
  void countsTheConfigurationsOfAChannelAndNotThoseOfAConnection() {
    int taken = 0;
    for (int session = 0; session < 10; session++) {
      Publication publication = ingest.publish(new FakeHandle());
      for (int i = 0; i < 20; i++) {
        taken += publication.mayConfigure(120) ? 1 : 0;
      }
      publication.close(CloseReason.DISCONNECTED);
      ingest.advance(Duration.ofSeconds(1));
    }
    assertThat(taken).isEqualTo(120);

    ingest.advance(Duration.ofMinutes(1));
    assertThat(ingest.publish().mayConfigure(120)).isTrue();
  }

  @Test
  void looksAgainWhenTheAgentsQueueWasFull() {
    ingest.fabric.full(true);
    Publication publication = ingest.publish();
    publication.announce(Samples.VIDEO);
    publication.close(CloseReason.DISCONNECTED);
    ingest.fabric.full(false);

    ingest.fabric.runPeriodic();
    ingest.follow();

    assertThat(ingest.kinds()).contains("BroadcastOpened", "SourceLost");
  }

  @Test
  void endsABroadcastThoughTheAgentsQueueIsFull() {
    ingest.live();
    ingest.fabric.full(true);
    for (int i = 0; i < 1_000; i++) {
      ingest.directory.end(TestIngest.DEMO.id());
    }
    ingest.fabric.full(false);
    assertThat(ingest.handle.closings()).isEmpty();

    ingest.fabric.runPeriodic();

    assertThat(ingest.packager.records(InputRecord.BroadcastClosed.class)).hasSize(1);
    assertThat(ingest.handle.closings()).containsExactly(CloseReason.ENDED);
  }

  private static Track picture(int width) {
    return Track.of(
        1,
        TrackKind.VIDEO,
        new AvcConfiguration(Samples.VIDEO.codec().record(), 77, 0, 31, 4, width, 360, 30),
        1_000);
  }
}
