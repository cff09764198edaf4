package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every usual frame rate and frame length of sound fits between 85 and 100 % of PART-TARGET. */
class PartTargetTest {
  private static final double TARGET_MS = 210;

  @ParameterizedTest
  @CsvSource({
    "23.976023976, false",
    "24, false",
    "25, false",
    "29.97002997, false",
    "30, false",
    "48, false",
    "50, false",
    "59.94005994, false",
    "60, false",
    "23.976023976, true",
    "24, true",
    "29.97002997, true",
    "59.94005994, true",
    "60, true",
    "15, false",
    "10, false",
    "5, false"
  })
  void videoPartsAreAsLongAsTheyMayBe(double frameRate, boolean declared) {
    InputScript script =
        InputScript.opened()
            .announce(
                Track.of(
                    InputScript.VIDEO,
                    TrackKind.VIDEO,
                    InputScript.avc(declared ? frameRate : 0),
                    1000))
            .announceAudio();
    RecordingSink made = script.both(0, 20_000, frameRate, 2).run();

    IndexRules.check(made);
    List<PartPublished> parts = made.parts(InputScript.VIDEO);
    long goal = Math.round(20_000 / TARGET_MS);
    assertThat(parts).hasSizeGreaterThanOrEqualTo((int) goal);
    long fitting = parts.stream().filter(part -> ms(part) >= TARGET_MS * 0.85).count();
    long shorter = parts.size() - fitting;
    // Only the last of a segment may be shorter.
    assertThat(shorter).isLessThanOrEqualTo(made.segments(InputScript.VIDEO).size() + 1);
    assertThat(made.segments(InputScript.VIDEO)).hasSizeBetween(9, 10);
    assertThat(made.irregularities).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {44_100, 48_000, 32_000, 22_050})
  void soundPartsAreAsLongAsTheyMayBe(int sampleRate) {
    InputScript script =
        InputScript.opened()
            .announce(
                Track.of(InputScript.AUDIO, TrackKind.AUDIO, InputScript.aac(sampleRate), 1000));
    for (int frame = 0; frame < 20 * sampleRate / 1024; frame++) {
      script.audio(Math.round(frame * 1024_000.0 / sampleRate));
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    List<PartPublished> parts = made.parts(InputScript.AUDIO);
    assertThat(parts).hasSizeGreaterThanOrEqualTo(90);
    assertThat(parts).allMatch(PartPublished::independent);
    long shorter =
        parts.stream()
            .filter(part -> part.durationTicks() * 1000.0 / sampleRate < TARGET_MS * 0.85)
            .count();
    assertThat(shorter).isLessThanOrEqualTo(made.segments(InputScript.AUDIO).size());
    // Cut at the goal, to the nearest frame.
    assertThat(made.segments(InputScript.AUDIO))
        .hasSizeBetween(9, 10)
        .allSatisfy(
            segment ->
                assertThat(segment.durationTicks() * 1000.0 / sampleRate)
                    .isBetween(1950.0, 2050.0));
    assertThat(made.irregularities).isEmpty();
  }

  private static double ms(PartPublished part) {
    return part.durationTicks() / 90.0;
  }
}
