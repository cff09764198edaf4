package io.millrace.packager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.InputScript;
import io.millrace.packager.timeline.Irregularity;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HabitsTest {
  private final Habits habits = new Habits();

  private void opened(Duration part) {
    habits.hear(
        new IndexRecord.TimelineOpened(
            new BroadcastId(new UUID(0x7000, 2)),
            InputScript.TIMELINE,
            new TimelineSettings(part, Duration.ofSeconds(2), Duration.ofSeconds(60)),
            InputScript.START_UTC_NS));
  }

  private void pictures(double frameRate) {
    habits.hear(
        new IndexRecord.TrackDescribed(
            Track.of(
                InputScript.VIDEO,
                TrackKind.VIDEO,
                InputScript.AVC.withFrameRate(frameRate),
                90_000)));
  }

  private void sound(int blockSamples, int sampleRate) {
    var flac = new FlacConfiguration(Bytes.EMPTY, sampleRate, 2, 16, blockSamples);
    habits.hear(
        new IndexRecord.TrackDescribed(
            Track.of(InputScript.AUDIO, TrackKind.AUDIO, flac, sampleRate)));
  }

  private void keyframe(double atSeconds) {
    long arrivalNs = InputScript.START_UTC_NS + Math.round(atSeconds * 1e9);
    habits.arrived(new Sample(InputScript.VIDEO, 0, 0, true, arrivalNs, Bytes.EMPTY));
  }

  @Test
  void tellsOfCutsForAMinuteWhereKeyframesAreNotFarApart() {
    opened(Duration.ofMillis(200));
    keyframe(0);
    keyframe(2.9);
    habits.count(Irregularity.CUT_WITHOUT_KEYFRAME, 1);
    for (int second = 1; second < 60; second++) {
      habits.tick();
      assertThat(habits.hints()).singleElement().asString().contains("of the last minute began");
    }

    habits.tick();
    assertThat(habits.hints()).isEmpty();
  }

  @Test
  void keyframesThatWereFarApartLeaveNoHintBehind() {
    opened(Duration.ofMillis(200));
    keyframe(0);
    keyframe(8.3);
    habits.count(Irregularity.CUT_WITHOUT_KEYFRAME, 3);
    habits.tick();
    assertThat(habits.hints()).isEmpty();

    keyframe(10.3);
    habits.tick();
    assertThat(habits.hints()).isEmpty();
    habits.count(Irregularity.CUT_WITHOUT_KEYFRAME, 1);
    habits.tick();
    assertThat(habits.hints()).hasSize(1);
  }

  @Test
  void knowsTheKeyframesOfTheHostBeforeIt() {
    opened(Duration.ofMillis(200));
    for (long second : new long[] {0, 6, 8}) {
      habits.hearEarlier(part(second, second != 6));
    }
    habits.count(Irregularity.CUT_WITHOUT_KEYFRAME, 1);
    habits.tick();

    assertThat(habits.hints()).isEmpty();
  }

  private static IndexRecord part(long atSeconds, boolean independent) {
    return new IndexRecord.PartPublished(
        new PartKey(InputScript.TIMELINE, InputScript.VIDEO, atSeconds, 0),
        0,
        18_000,
        independent,
        1_000,
        Bytes.EMPTY,
        InputScript.START_UTC_NS + atSeconds * 1_000_000_000,
        independent ? 500 : 0,
        0,
        false);
  }

  @Test
  void namesTheFrameRateThatPartsNeed() {
    opened(Duration.ofMillis(200));
    pictures(4);
    sound(1_152, 16_000);
    habits.count(Irregularity.LONG_FRAME, 4);
    assertThat(habits.hints()).isEmpty();

    habits.count(Irregularity.LONG_FRAME, 1);
    assertThat(habits.hints())
        .singleElement()
        .asString()
        .contains("At 4.0 frames a second", "a frame rate of 5 or more");
  }

  @Test
  void namesTheBlocksOfSoundThatPartsNeed() {
    opened(Duration.ofMillis(200));
    pictures(30);
    sound(4_096, 16_000);
    habits.count(Irregularity.LONG_FRAME, 5);

    assertThat(habits.hints())
        .singleElement()
        .asString()
        .contains("of 4096 samples", "blocks of 3360 samples at most");
  }

  @Test
  void anotherTimelineWithLongerPartsHasNothingToTell() {
    opened(Duration.ofMillis(200));
    pictures(4);
    habits.count(Irregularity.LONG_FRAME, 5);
    opened(Duration.ofMillis(500));
    pictures(4);
    habits.count(Irregularity.LONG_FRAME, 5);

    assertThat(habits.hints()).isEmpty();
  }
}
