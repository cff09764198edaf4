package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.SegmentEnded;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.packager.timeline.Irregularity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentsTest {
  private static InputScript script() {
    return InputScript.opened().announceVideo().announceAudio();
  }

  private static List<Double> seconds(RecordingSink made, int rendition) {
    double timescale = rendition == InputScript.VIDEO ? 90_000 : 48_000;
    return made.segments(rendition).stream().map(s -> s.durationTicks() / timescale).toList();
  }

  private static int target(RecordingSink made) {
    return made.all(IndexRecord.TargetDurationFixed.class).getFirst().seconds();
  }

  @ParameterizedTest
  @CsvSource({
    // keyframes apart, target duration, segment length
    "0.5, 2, 2",
    "1, 2, 2",
    "2, 2, 2",
    "1.5, 2, 1.5",
    "3, 3, 3",
    "4, 4, 4",
    "2.3, 2, 2.3",
    "2.5, 3, 2.5"
  })
  void segmentsEndAtTheKeyframeNearestTheGoal(double gop, int target, double length) {
    RecordingSink made = script().both(0, 25_000, 30, gop).run();

    IndexRules.check(made);
    assertThat(target(made)).isEqualTo(target);
    assertThat(seconds(made, InputScript.VIDEO)).allMatch(s -> Math.abs(s - length) < 0.002);
    assertThat(made.parts(InputScript.VIDEO).stream().filter(p -> p.key().part() == 0))
        .allMatch(PartPublished::independent);
    assertThat(made.irregularities).isEmpty();
  }

  @Test
  void aSegmentIsCutWithoutAKeyframeRatherThanBreakTheTargetDuration() {
    RecordingSink made = script().both(0, 30_000, 30, 10).run();

    IndexRules.check(made);
    assertThat(target(made)).isEqualTo(6);
    List<PartPublished> firsts =
        made.parts(InputScript.VIDEO).stream().filter(p -> p.key().part() == 0).toList();
    assertThat(firsts).anyMatch(p -> !p.independent()).anyMatch(PartPublished::independent);
    assertThat(made.irregularities)
        .containsOnlyKeys(Irregularity.CUT_WITHOUT_KEYFRAME)
        .hasEntrySatisfying(
            Irregularity.CUT_WITHOUT_KEYFRAME,
            n -> assertThat(n).isEqualTo(firsts.stream().filter(p -> !p.independent()).count()));
  }

  @Test
  void laterKeyframesNeverBreakTheTargetDuration() {
    InputScript script = script().both(0, 6_000, 30, 2);
    RecordingSink made = script.both(6_000, 20_000, 30, 5).run();

    IndexRules.check(made);
    assertThat(target(made)).isEqualTo(2);
    assertThat(seconds(made, InputScript.VIDEO)).allMatch(s -> s < 2.5);
  }

  @Test
  void sceneCutsDoNotMakeSegmentsWithoutKeyframes() {
    InputScript script = script();
    // Keyframes at most two seconds apart, and sometimes sooner.
    long last = 0;
    for (int frame = 0; frame < 30 * 30; frame++) {
      boolean sceneCut = frame % 173 == 97;
      boolean key = frame == 0 || sceneCut || frame - last >= 60;
      last = key ? frame : last;
      script.video(Math.round(frame * 1000 / 30.0), key);
      if (frame % 30 == 0) {
        for (int i = 0; i < 47; i++) {
          script.audio(Math.round((frame / 30 * 47 + i) * 1024 / 48.0));
        }
      }
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.irregularities).doesNotContainKey(Irregularity.CUT_WITHOUT_KEYFRAME);
  }

  @Test
  void soundEndsItsSegmentsAtTheFirstFrameNotBeforeThePictures() {
    RecordingSink made = script().both(0, 20_000, 25, 2).run();

    for (PartPublished video : made.parts(InputScript.VIDEO)) {
      if (video.key().part() == 0 && video.key().msn() > 0) {
        PartPublished sound =
            made.parts(InputScript.AUDIO).stream()
                .filter(p -> p.key().msn() == video.key().msn() && p.key().part() == 0)
                .findFirst()
                .orElseThrow();
        double later = sound.startTicks() / 48_000.0 - video.startTicks() / 90_000.0;
        assertThat(later).isBetween(0.0, 1024 / 48_000.0);
      }
    }
  }

  @Test
  void soundIsNotCutBeforeAKeyframeIsDecoded() {
    InputScript script = script();
    long soundFrames = 0;
    for (int frame = 0; frame < 200; frame++) {
      // The picture's clock steps back at its second keyframe, and no other comes in time.
      long ms = Math.round(frame * 1000 / 30.0) - (frame < 60 ? 0 : 400);
      script.video(ms, frame % 60 == 0 && frame <= 60);
      // The sound comes late enough to be cut at any instant.
      while (soundFrames * 1024 / 48.0 < ms - 500) {
        script.audio(Math.round(soundFrames++ * 1024 / 48.0));
      }
    }
    RecordingSink made = script.run();

    IndexRules.checkIrregular(made);
    assertThat(made.irregularities).containsKey(Irregularity.BACKWARD_STEP);
    assertThat(seconds(made, InputScript.AUDIO).getFirst()).isBetween(1.95, 2.05);
  }

  @Test
  void soundThatIsMissingWhereASegmentEndsIsAGapOfThatSegment() {
    InputScript script = script();
    long soundFrames = 0;
    for (int frame = 0; frame < 200; frame++) {
      // After the second keyframe none comes: a segment as long as it may be.
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0 && frame <= 60);
      while (soundFrames * 1024 / 48.0 < frame * 1000 / 30.0) {
        long ms = Math.round(soundFrames++ * 1024 / 48.0);
        if (ms < 1_820 || ms >= 2_000) {
          script.audio(ms);
        }
      }
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.GapPublished.class))
        .singleElement()
        .satisfies(gap -> assertThat(gap.key().msn()).isZero());
    assertThat(seconds(made, InputScript.AUDIO).getFirst()).isBetween(2.0, 2.03);
  }

  @Test
  void partsLeaveOnTheirOwnLastSample() {
    InputScript script = script().both(0, 10_000, 30, 2);
    RecordingSink made = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, made);
    int late = 0;
    for (InputEntry entry : script.entries) {
      int before = made.parts.size();
      packager.accept(entry);
      if (made.parts.size() > before
          && entry.record() instanceof InputRecord.SampleArrived(var sample)) {
        long arrivals =
            made.all(PartPublished.class).stream()
                .skip(before)
                .filter(p -> p.arrivalNs() != sample.arrivalNs())
                .count();
        late += (int) arrivals;
      }
    }
    // Sound waits for the picture it belongs to, so a part of it may leave on a picture.
    long video =
        made.parts(InputScript.VIDEO).stream().map(PartPublished::arrivalNs).distinct().count();
    assertThat(video).isEqualTo(made.parts(InputScript.VIDEO).size());
    assertThat(late).isLessThanOrEqualTo(made.parts(InputScript.AUDIO).size() / 4);
  }

  @Test
  void videoAloneIsPublishedWholeOnceNoSoundIsExpected() {
    InputScript script = InputScript.opened().announceVideo();
    for (int frame = 0; frame < 300; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    PartPublished first = made.parts(InputScript.VIDEO).getFirst();
    assertThat(first.startTicks()).isEqualTo(10 * 90_000);
    assertThat(made.segments(InputScript.VIDEO)).hasSize(4);
  }

  @Test
  void soundThatIsAnnouncedLateJoinsAtASegment() {
    InputScript script = InputScript.opened().announceVideo();
    for (int frame = 0; frame < 240; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
    }
    script.announceAudio().both(8_000, 8_000, 30, 2);
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.parts(InputScript.AUDIO).getFirst().key().msn()).isEqualTo(5);
    assertThat(made.all(IndexRecord.Discontinuity.class)).isEmpty();
  }

  @Test
  void videoThatComesLateTakesTheLead() {
    InputScript script = InputScript.opened().announceAudio();
    for (int frame = 0; frame < 240; frame++) {
      script.audio(Math.round(frame * 1024 / 48.0));
    }
    script.announceVideo().both(5_120, 8_000, 30, 2);
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.parts(InputScript.VIDEO).getFirst().independent()).isTrue();
    assertThat(seconds(made, InputScript.VIDEO)).allMatch(s -> Math.abs(s - 2) < 0.01);
    assertThat(made.segments(InputScript.AUDIO).getLast().msn())
        .isEqualTo(made.segments(InputScript.VIDEO).getLast().msn());
  }

  @Test
  void aTrackThatFallsSilentGetsGaps() {
    InputScript script = script().both(0, 6_000, 30, 2);
    for (int frame = 180; frame < 480; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
    }
    script.both(16_000, 6_000, 30, 2);
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.GapPublished.class))
        .isNotEmpty()
        .allMatch(gap -> gap.key().rendition() == InputScript.AUDIO);
    assertThat(made.segments(InputScript.VIDEO).getLast().msn())
        .isEqualTo(made.segments(InputScript.AUDIO).getLast().msn());
  }

  @Test
  void picturesThatFallSilentGetGapsAndSegmentsGoOn() {
    InputScript script = script().both(0, 6_000, 30, 2);
    for (int frame = 282; frame < 750; frame++) {
      script.audio(Math.round(frame * 1024 / 48.0));
    }
    script.both(16_000, 6_000, 30, 2);
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.GapPublished.class))
        .isNotEmpty()
        .allMatch(gap -> gap.key().rendition() == InputScript.VIDEO);
    assertThat(seconds(made, InputScript.VIDEO)).allMatch(s -> s < 2.5);
    assertThat(made.parts(InputScript.VIDEO).getLast().startTicks()).isGreaterThan(31 * 90_000);
  }

  @Test
  void theWindowMovesButNeverHoldsLessThanSixSegments() {
    RecordingSink made = script().both(0, 100_000, 30, 2).run();

    List<IndexRecord.WindowStarted> windows = made.all(IndexRecord.WindowStarted.class);
    assertThat(windows.getFirst().msn()).isEqualTo(1);
    SegmentEnded newest = made.segments(InputScript.VIDEO).getLast();
    // 60 s of 2 s segments.
    assertThat(newest.msn() - windows.getLast().msn() + 1).isEqualTo(30);
  }

  @Test
  void broadcastClosedEndsEverything() {
    RecordingSink made =
        script().both(0, 5_000, 30, 2).add(new InputRecord.BroadcastClosed(5)).run();

    IndexRules.check(made);
    assertThat(made.records.getLast()).isEqualTo(new IndexRecord.BroadcastEnded(5));
    assertThat(made.segments(InputScript.VIDEO)).hasSize(3);
    assertThat(made.segments(InputScript.AUDIO)).hasSize(3);
    long samples =
        made.parts.values().stream().mapToLong(b -> Chunks.read(b).samples().size()).sum();
    assertThat(samples).isEqualTo(150 + 235);
  }

  @Test
  void aFrameThatIsMissingWhereAPartBeginsIsTakenUpByTheNext() {
    RecordingSink made = picturesWithout(78, 78);

    assertThat(made.irregularities).containsExactly(Map.entry(Irregularity.GAP, 1L));
    assertThat(made.all(IndexRecord.GapPublished.class)).isEmpty();
    assertThat(seconds(made, InputScript.VIDEO)).allMatch(s -> Math.abs(s - 2) < 0.002);
    List<Chunks.ReadSample> samples = samples(made);
    Chunks.ReadSample next = samples.get(78);
    assertThat(next.pts() - next.dts()).isBetween(2_970L, 3_150L);
    assertThat(next.duration()).isBetween(5_940L, 6_120L);
    for (int i = 0; i < samples.size(); i++) {
      Chunks.ReadSample sample = samples.get(i);
      assertThat(sample.pts()).isEqualTo(900_000 + 90 * Math.round((i < 78 ? i : i + 1) / 0.03));
      assertThat(sample.pts() - sample.dts()).isBetween(0L, i == 78 ? 3_150L : 90L);
    }
  }

  @Test
  void picturesThatAreMissingBeforeAKeyframeAreTakenUpByIt() {
    RecordingSink made = picturesWithout(114, 119);

    assertThat(made.irregularities).containsExactly(Map.entry(Irregularity.GAP, 1L));
    assertThat(made.all(IndexRecord.GapPublished.class)).isEmpty();
    Chunks.ReadSample keyframe = samples(made).get(114);
    assertThat(keyframe.sync()).isTrue();
    assertThat(keyframe.pts()).isEqualTo(14 * 90_000);
    assertThat(keyframe.dts()).isBetween(1_241_900L, 1_242_000L);
    // The segment before is as much shorter as the keyframe is decoded earlier.
    assertThat(seconds(made, InputScript.VIDEO).subList(0, 3))
        .allSatisfy(s -> assertThat(s).isBetween(1.79, 2.21));
  }

  @Test
  void moreThanTheNextPictureCanTakeUpIsAGap() {
    RecordingSink made = picturesWithout(78, 84);

    assertThat(made.irregularities).containsExactly(Map.entry(Irregularity.GAP, 1L));
    assertThat(
            made.all(IndexRecord.GapPublished.class).stream()
                .mapToLong(IndexRecord.GapPublished::durationTicks)
                .sum())
        .isBetween(20_900L, 21_100L);
    assertThat(samples(made)).allMatch(s -> s.pts() - s.dts() <= 90);
  }

  /** Thirty a second, keyframes each 60; without those from one to another. */
  private static RecordingSink picturesWithout(int first, int last) {
    InputScript script = InputScript.opened().announceVideo();
    for (int frame = 0; frame < 300; frame++) {
      if (frame < first || frame > last) {
        script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
      }
    }
    RecordingSink made = script.run();
    IndexRules.check(made);
    return made;
  }

  private static List<Chunks.ReadSample> samples(RecordingSink made) {
    return made.parts(InputScript.VIDEO).stream()
        .flatMap(part -> Chunks.read(made.parts.get(part.key())).samples().stream())
        .toList();
  }
}
