package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.media.index.IndexRecord.PartPublished;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder's clock that is not ours: dates keep to when the samples came. */
class ClockFollowedTest {
  private static final long MS_NS = 1_000_000;

  /** A step, and what comes apart while it is watched for thirty seconds, twice. */
  private static final long ASTRAY_MS = 900;

  private static Show both(double lengthMs) {
    return new Show().announceVideo().announceAudio().video(0, lengthMs, 30, 60).audio(0, lengthMs);
  }

  /** Most and least by which the first sample of a picture's part came after its date. */
  private static long[] lateNs(RecordingSink made) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    List<ClockAnchored> anchors = made.all(ClockAnchored.class);
    for (PartPublished part : made.all(PartPublished.class)) {
      if (part.key().rendition() != InputScript.VIDEO) {
        continue;
      }
      ClockAnchored anchor = anchors.getFirst();
      for (ClockAnchored each : anchors) {
        anchor = each.msn() <= part.key().msn() ? each : anchor;
      }
      long shownNs = part.presentationTicks() * 1_000_000_000L / 90_000;
      long lateNs = part.arrivalNs() - (anchor.utcNs() + shownNs - anchor.mediaTimeNs());
      least = Math.min(least, lateNs);
      most = Math.max(most, lateNs);
    }
    return new long[] {least, most};
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.99, 1.01})
  void datesFollowAnEncodersClockThatIsFastOrSlow(double pace) {
    RecordingSink made = both(180_000).stamp(ms -> Math.round(ms * pace)).send().run(180_000);

    // It is astray by 1.8 s in the end.
    assertThat(lateNs(made)[0]).isGreaterThan(-ASTRAY_MS * MS_NS);
    assertThat(lateNs(made)[1]).isLessThan(ASTRAY_MS * MS_NS);
    assertThat(made.all(ClockAnchored.class)).hasSizeGreaterThan(3);
    assertThat(made.all(IndexRecord.Discontinuity.class)).isEmpty();
    IndexRules.checkIrregular(made);
  }

  /** As of an encoder that had seconds waiting when it began. */
  @Test
  void aLargeStepBackIsMadeInSeveralThatFollowEachOther() {
    InputScript script = InputScript.opened().announceVideo();
    for (int frame = 0; frame < 30 * 60; frame++) {
      long ms = Math.round(frame * 1000 / 30.0);
      long lateMs = Math.max(0, 3_000 - ms / 2);
      script.video(ms, ms, frame % 60 == 0, InputScript.START_UTC_NS + (ms + lateMs) * MS_NS);
    }
    RecordingSink made = script.run();

    List<ClockAnchored> anchors = made.all(ClockAnchored.class);
    long offByNs = anchors.getLast().utcNs() - anchors.getLast().mediaTimeNs();
    long shouldBeNs = InputScript.START_UTC_NS - anchors.getFirst().mediaTimeNs();
    assertThat(offByNs - shouldBeNs).isBetween(-200 * MS_NS, 200 * MS_NS);
    assertThat(anchors).hasSizeBetween(4, 6);
    assertThat(anchors.getLast().msn() - anchors.get(1).msn()).isEqualTo(anchors.size() - 2L);
    IndexRules.checkIrregular(made);
  }

  @Test
  void aCorrectionIsToldBeforeAnythingOfItsSegment() {
    RecordingSink made = both(90_000).stamp(ms -> Math.round(ms * 1.01)).send().run(90_000);

    List<ClockAnchored> anchors = made.all(ClockAnchored.class);
    ClockAnchored correction = Objects.requireNonNull(anchors.get(1));
    int told = made.records.indexOf(correction);
    assertThat(made.records.subList(0, told))
        .noneMatch(
            record -> record instanceof PartPublished part && part.key().msn() >= correction.msn());
    PartPublished first =
        made.all(PartPublished.class).stream()
            .filter(part -> part.key().msn() == correction.msn() && part.key().rendition() == 1)
            .findFirst()
            .orElseThrow();
    assertThat(correction.mediaTimeNs())
        .isEqualTo(first.presentationTicks() * 1_000_000_000L / 90_000);
  }

  @Test
  void aNetworkThatTremblesAndHoldsUpForSecondsChangesNoDate() {
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    for (int frame = 0; frame < 30 * 90; frame++) {
      long ms = Math.round(frame * 1000 / 30.0);
      long heldMs = ms % 20_000 > 16_000 ? 20_000 - ms % 20_000 : frame * 37L % 190;
      script.video(ms, ms, frame % 60 == 0, InputScript.START_UTC_NS + (ms + heldMs) * MS_NS);
    }

    assertThat(script.run().all(ClockAnchored.class)).hasSize(1);
  }
}
