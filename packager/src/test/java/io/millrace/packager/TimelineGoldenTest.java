package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares what is made of publishers' habits with dumps that can be read. {@code
 * -Dmillrace.golden.rewrite=true} writes them anew.
 */
class TimelineGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/millrace/packager/timeline");
  private static final int VIDEO = InputScript.VIDEO;
  private static final int AUDIO = InputScript.AUDIO;
  private static final long HOUR_MS = 3_600_000;

  /** How far sound and picture may be from each other, more than they were. */
  private static final double SYNC_MS = 20;

  record Scenario(String name, Show show, double endMs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Show both() {
    return new Show().announceVideo().announceAudio();
  }

  private static Scenario scenario(String name, Show show) {
    return new Scenario(name, show.send(), 10_000);
  }

  private static Show usual() {
    return both().video(0, 8_000, 30, 60).audio(0, 8_000);
  }

  private static Show soundAlone() {
    return new Show().announceAudio().audio(0, 8_000);
  }

  /** A loop of 89 frames of sound whose pictures last 96 ms longer. */
  private static Show badlyCut(Show show) {
    double lengthMs = 89 * 1024 / 48.0;
    for (int i = 0; i < 8; i++) {
      double fromMs = i * (lengthMs + 96);
      show.audio(fromMs, fromMs + lengthMs);
    }
    return show;
  }

  static Stream<Scenario> scenarios() {
    LongPredicate scenes = frame -> frame % 60 == 0 || frame == 17 || frame == 100 || frame == 131;
    return Stream.of(
        scenario("as-it-should-be", usual()),
        scenario("wraps-at-24-bits", usual().stamp(ms -> (ms + (1 << 24) - 3_000) % (1 << 24))),
        scenario("wraps-at-31-bits", usual().stamp(ms -> (ms + (1L << 31) - 3_000) % (1L << 31))),
        scenario("wraps-at-32-bits", usual().stamp(ms -> (ms + (1L << 32) - 3_000) % (1L << 32))),
        scenario(
            "wraps-at-33-bits",
            new Show()
                .timescale(90_000)
                .announceVideo()
                .announceAudio()
                .video(0, 8_000, 30, 60)
                .audio(0, 8_000)
                .stamp(ticks -> (ticks + (1L << 33) - 270_000) % (1L << 33))),
        scenario(
            "jumps-ahead-three-hours", usual().stamp(ms -> ms < 4_000 ? ms : ms + 3 * HOUR_MS)),
        scenario("jumps-back-three-hours", usual().stamp(ms -> ms < 4_000 ? ms + 4 * HOUR_MS : ms)),
        scenario(
            "begins-late-and-sound-elsewhere",
            usual().stampVideo(ms -> ms + HOUR_MS).stampAudio(ms -> ms + 7)),
        scenario(
            "pictures-step-back",
            both()
                .video(0, 8_000, 60, 120)
                .audio(0, 8_000)
                .stampVideo(ms -> ms % 1_000 == 500 ? ms - 18 : ms)),
        scenario(
            "pictures-half-a-frame-late-from-a-keyframe-on",
            usual().stampVideo(ms -> ms < 4_000 ? ms : ms + 16)),
        scenario(
            "nothing-for-a-while",
            usual().without(VIDEO, 3_000, 4_500).without(AUDIO, 3_000, 4_500)),
        scenario("sound-announced-that-never-comes", both().video(0, 8_000, 30, 60)),
        scenario("sound-that-is-muted", usual().without(AUDIO, 3_000, 6_500)),
        scenario("sound-two-frames-lost", usual().without(AUDIO, 3_000, 3_045)),
        scenario("sound-two-frames-lost-where-a-part-ends", usual().without(AUDIO, 2_965, 3_005)),
        scenario("sound-one-frame-lost-where-a-segment-ends", usual().without(AUDIO, 3_985, 4_000)),
        scenario(
            "sound-of-he-aac-one-frame-lost",
            new Show()
                .announceVideo()
                .announceAudio(24_000)
                .video(0, 8_000, 30, 60)
                .audio(0, 8_000)
                .without(AUDIO, 3_000, 3_042)
                .without(AUDIO, 5_110, 5_150)),
        scenario("sound-alone-two-frames-lost", soundAlone().without(AUDIO, 3_000, 3_045)),
        scenario("sound-96-ms-missing-again-and-again", badlyCut(both().video(0, 16_000, 30, 60))),
        scenario(
            "sound-that-drifts-behind", both().video(0, 20_000, 30, 60).audio(0, 20_000, 2_000)),
        scenario(
            "sound-that-drifts-ahead", both().video(0, 20_000, 30, 60).audio(0, 20_000, -2_000)),
        scenario("sound-that-trembles", usual().stampAudio(ms -> ms + ms * 7 % 15 - 7)),
        scenario("pictures-that-stop", usual().without(VIDEO, 3_000, 6_500)),
        scenario(
            "sound-that-comes-late",
            new Show()
                .announceVideo()
                .video(0, 4_000, 30, 60)
                .send()
                .announceAudio()
                .video(4_000, 10_000, 30, 60)
                .audio(4_000, 10_000)),
        scenario(
            "pictures-that-come-late",
            new Show()
                .announceAudio()
                .audio(0, 4_000)
                .send()
                .announceVideo()
                .video(4_000, 10_000, 30, 60)
                .audio(4_010, 10_000)),
        scenario("sound-alone", soundAlone()),
        scenario("pictures-alone", new Show().announceVideo().video(0, 8_000, 30, 60)),
        scenario(
            "b-frames-before-the-first-keyframe",
            both().video(0, 8_000, 30, frame -> frame % 60 == 21, 2).audio(66, 8_000)),
        scenario(
            "sound-primed-before-the-picture", both().video(43, 8_000, 30, 60).audio(0, 8_000)),
        scenario(
            "milliseconds-of-ntsc",
            new Show()
                .announceVideo()
                .announceAudio(44_100)
                .video(0, 8_000, 30_000 / 1001.0, 60)
                .audio(0, 8_000)),
        scenario(
            "frames-dropped-to-the-next-keyframe",
            both().video(0, 8_000, 60, 120).audio(0, 8_000).without(VIDEO, 3_300, 4_000)),
        scenario(
            "some-b-frames-dropped",
            both()
                .video(0, 8_000, 30, frame -> frame % 60 == 0, 2)
                .audio(66, 8_000)
                .without(VIDEO, 3_080, 3_120)
                .without(VIDEO, 3_280, 3_320)),
        scenario("one-picture-lost-where-a-part-begins", usual().without(VIDEO, 2_595, 2_605)),
        scenario("six-pictures-lost-before-a-keyframe", usual().without(VIDEO, 3_795, 3_999)),
        scenario(
            "one-b-frame-lost-where-a-part-begins",
            both()
                .video(0, 8_000, 30, frame -> frame % 60 == 0, 2)
                .audio(66, 8_000)
                .without(VIDEO, 2_595, 2_605)),
        scenario("four-pictures-a-second", both().video(0, 8_000, 4, 8).audio(0, 8_000)),
        scenario("keyframes-each-250-frames", both().video(0, 10_000, 30, 250).audio(0, 10_000)),
        scenario("keyframes-at-scene-cuts", both().video(0, 8_000, 30, scenes, 0).audio(0, 8_000)),
        scenario(
            "comes-back-with-timestamps-from-zero",
            usual()
                .send()
                .sourceStarted(9_000)
                .announceVideo()
                .announceAudio()
                .stamp(ms -> ms - 10_000)
                .video(10_000, 13_000, 30, 60)
                .audio(10_000, 13_000)),
        scenario(
            "comes-back-with-sound-that-changes-while-it-is-silent",
            new Show()
                .announceVideo()
                .announceAudio(44_100)
                .video(0, 2_000, 30, 60)
                .audio(0, 2_000)
                .send()
                .sourceStarted(2_000)
                .announceVideo()
                .announceAudio(44_100)
                .video(2_000, 5_000, 30, 60)
                .send()
                .announceAudio(48_000)
                .video(5_000, 9_000, 30, 30)
                .audio(5_500, 9_000)));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void isMadeStraight(Scenario scenario) throws IOException {
    RecordingSink made = scenario.show().run(scenario.endMs());
    TimelineDump dump = new TimelineDump(scenario.show(), made);
    Path golden = GOLDEN.resolve(scenario.name() + ".golden.txt");
    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(golden, dump.text());
    }

    assertThat(dump.text()).isEqualTo(Files.readString(golden));
    IndexRules.checkIrregular(made);
    assertThat(dump.syncErrorMs()).isLessThanOrEqualTo(SYNC_MS);
  }
}
