package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who may publish, and who must go. */
class AdmissionTest {
  private final TestIngest ingest = new TestIngest();

  @Test
  void tellsAWrongKeyFromNone() {
    assertThat(ingest.admit(StreamKey.of("wrong")))
        .isEqualTo(new Admission.Refused(Admission.Reason.UNKNOWN_KEY));
    assertThat(ingest.admit(StreamKey.of("")))
        .isEqualTo(new Admission.Refused(Admission.Reason.NO_KEY));
  }

  @Test
  void callsNoKeyUnknownBeforeItKnowsItsChannels() {
    ingest.directory.known(false);

    assertThat(ingest.admit(StreamKey.of("another")))
        .isEqualTo(new Admission.Refused(Admission.Reason.NOT_READY));
    assertThat(ingest.admit(TestIngest.KEY)).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void neverShowsAKey() {
    assertThat(StreamKey.of("hunter2").toString()).doesNotContain("hunter2");
    assertThat(StreamKey.of("abc").hash())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void givesTheChannelToTheNewerSessionOfTheSameKeyAtOnce() {
    Publication old = ingest.live();
    Publication young = ingest.publish(new FakeHandle());
    ingest.video(old, 33, false);
    young.announce(Samples.VIDEO);
    ingest.video(young, 0, true);

    assertThat(ingest.handle.closings()).containsExactly(CloseReason.TAKEN_OVER);
    assertThat(ingest.kinds())
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
    ingest.live();

    assertThat(ingest.admit(StreamKey.of("backup"), new FakeHandle()))
        .isEqualTo(new Admission.Refused(Admission.Reason.CHANNEL_BUSY));

    ingest.clock.advance(Duration.ofSeconds(3));
    assertThat(ingest.admit(StreamKey.of("backup"), new FakeHandle()))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(ingest.handle.closings()).containsExactly(CloseReason.TAKEN_OVER);
  }

  @Test
  void refusesMorePublishersThanItMayHave() {
    ingest.limit(1, 1_024, 8 << 20);
    ingest.directory.put(FakeNodeDirectory.channel("other", "other-key"));

    assertThat(ingest.admit(TestIngest.KEY)).isInstanceOf(Admission.Admitted.class);
    assertThat(ingest.admit(TestIngest.KEY)).isInstanceOf(Admission.Admitted.class);
    assertThat(ingest.admit(StreamKey.of("other-key")))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));
  }

  @Test
  void refusesPublishersWhileTheAgentHasNotTakenTheEndOfTooMany() {
    ingest.limit(2, 1_024, 8 << 20);
    ingest.fabric.full(true);
    for (int i = 0; i < 4; i++) {
      ingest.publish().close(CloseReason.DISCONNECTED);
    }
    assertThat(ingest.admit(TestIngest.KEY))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));

    ingest.fabric.full(false);
    ingest.fabric.runPeriodic();

    for (int i = 0; i < 100; i++) {
      ingest.publish().close(CloseReason.DISCONNECTED);
      ingest.fabric.runTasks();
    }
  }

  @Test
  void boundsSessionsThatTakeOverFromEachOtherAsWell() {
    ingest.limit(2, 1_024, 8 << 20);
    ingest.fabric.full(true);
    for (int i = 0; i < 4; i++) {
      ingest.publish();
    }

    assertThat(ingest.admit(TestIngest.KEY))
        .isEqualTo(new Admission.Refused(Admission.Reason.TOO_MANY_PUBLISHERS));
  }

  @Test
  void closesThePublisherWhoseKeyIsNoLongerGood() {
    ingest.live();

    ingest.directory.put(FakeNodeDirectory.channel("demo", "rotated"));
    ingest.fabric.runTasks();

    assertThat(ingest.handle.closings()).containsExactly(CloseReason.KEY_REVOKED);
    assertThat(ingest.kinds()).endsWith("SourceLost");
    assertThat(ingest.admit(TestIngest.KEY))
        .isEqualTo(new Admission.Refused(Admission.Reason.UNKNOWN_KEY));
    assertThat(ingest.admit(StreamKey.of("rotated"))).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void takesNobodyNewWhenItDrainsAndLetsThoseGoOnWhoAreThere() {
    Publication publication = ingest.live();

    ingest.drain();

    assertThat(ingest.handle.closings()).isEmpty();
    assertThat(ingest.publishers()).isEqualTo(1);
    assertThat(ingest.admit(TestIngest.KEY))
        .isEqualTo(new Admission.Refused(Admission.Reason.SHUTTING_DOWN));
    publication.close(CloseReason.FINISHED);
    assertThat(ingest.publishers()).isZero();
  }

  @Test
  void sendsPublishersAwayWhenItCloses() {
    ingest.live();

    ingest.close();

    assertThat(ingest.handle.closings()).containsExactly(CloseReason.SHUT_DOWN);
    assertThat(ingest.admit(TestIngest.KEY))
        .isEqualTo(new Admission.Refused(Admission.Reason.SHUTTING_DOWN));
  }
}
