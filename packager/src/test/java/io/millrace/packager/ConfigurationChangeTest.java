package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.cmaf.ChunkSample;
import io.millrace.media.flv.FlvFileWriter;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import io.millrace.packager.timeline.Irregularity;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What begins with a keyframe of any codec: a stretch, and a changed configuration. */
class ConfigurationChangeTest {
  private static final HevcConfiguration HEVC =
      HevcConfiguration.parse(
          Bytes.ofHex("01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 00"));

  private static final String CRA = "00000003 2a01af";
  private static final String RASL = "00000003 1201af";
  private static final String INTER = "27 01 000000 00000002 419a";
  private static final String TRAIL = "00000003 0201af";

  private static void sample(
      InputScript script, int track, long dtsMs, long ptsMs, boolean keyframe, String hex) {
    long arrivalNs = InputScript.START_UTC_NS + dtsMs * 1_000_000;
    script.sample(new Sample(track, dtsMs, ptsMs, keyframe, arrivalNs, Bytes.ofHex(hex)));
  }

  @Test
  void leavesOutTheLeadingPicturesThatTheFirstKeyframeCannotDecode() {
    InputScript script =
        InputScript.opened().announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, HEVC, 1_000));
    for (int frame = 0; frame < 100; frame++) {
      int inGroup = frame % 25;
      long dts = frame * 40L;
      if (inGroup == 0) {
        sample(script, InputScript.VIDEO, dts, dts + 120, true, CRA);
      } else if (inGroup <= 2) {
        sample(script, InputScript.VIDEO, dts, dts, false, RASL);
      } else {
        sample(script, InputScript.VIDEO, dts, dts + 40, false, TRAIL);
      }
    }
    RecordingSink made =
        script
            .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 4_000_000_000L))
            .run();

    List<Chunks.ReadSample> samples =
        made.parts(InputScript.VIDEO).stream()
            .flatMap(part -> Chunks.read(made.parts.get(part.key())).samples().stream())
            .toList();
    assertThat(samples).hasSize(98);
    assertThat(samples.getFirst().flags()).isEqualTo(ChunkSample.SYNC);
    assertThat(samples.get(1).flags()).isEqualTo(ChunkSample.DEPENDENT);
    assertThat(samples.stream().filter(one -> one.flags() == ChunkSample.SKIPPED_LEADING))
        .hasSize(6);
    assertThat(samples.stream().filter(Chunks.ReadSample::sync)).hasSize(4);
    assertThat(made.irregularities).containsEntry(Irregularity.BEFORE_START, 2L);
    assertThat(made.irregularities).doesNotContainKey(Irregularity.KEYFRAME_MARK);
  }

  @Test
  void anotherConfigurationOfAnyCodecIsADiscontinuityWithAnInitSection() {
    VideoConfiguration small =
        Vp9Configuration.parse(Bytes.ofHex("00 0a 82 02 02 02 0000"))
            .withKeyframe(Bytes.ofHex("82 498342 00 03f0 02f0"));
    VideoConfiguration large = small.withKeyframe(Bytes.ofHex("82 498342 00 07f0 05f0"));
    AudioConfiguration sound = OpusConfiguration.unknown(2);
    InputScript script = InputScript.opened();
    for (int frame = 0; frame < 200; frame++) {
      long dts = frame * 40L;
      // Told again with every keyframe; another one from the fourth second on.
      boolean keyframe = frame % 25 == 0;
      if (keyframe) {
        VideoConfiguration told = frame < 100 ? small : large;
        script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, told, 1_000));
        script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, sound, 1_000));
      }
      String picture = frame < 100 ? "82 498342 00 03f0 02f0" : "82 498342 00 07f0 05f0";
      sample(script, InputScript.VIDEO, dts, dts, keyframe, keyframe ? picture : "86 00");
      sample(script, InputScript.AUDIO, dts, dts, true, "f8");
      sample(script, InputScript.AUDIO, dts + 20, dts + 20, true, "f8");
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSize(1);
    assertThat(made.all(IndexRecord.InitSection.class))
        .extracting(IndexRecord.InitSection::rendition)
        .containsExactly(InputScript.VIDEO, InputScript.AUDIO, InputScript.VIDEO);
    assertThat(made.all(IndexRecord.InitSection.class).getLast().msn())
        .isEqualTo(made.all(IndexRecord.Discontinuity.class).getFirst().msn());
  }

  /** A track of sound that has another sampling rate from the ninth second on. */
  private static final class ChangingSound {
    private static final int CHANGES_AT_MS = 9_000;
    private final InputScript script;
    private final int track;
    private int rate = 44_100;
    private double nextMs;

    ChangingSound(InputScript script, int track) {
      this.script = script;
      this.track = track;
      announce();
    }

    private void announce() {
      script.announce(Track.of(track, TrackKind.AUDIO, InputScript.aac(rate), 1_000));
    }

    void sendUntil(long ms) {
      for (; nextMs <= ms; nextMs += 1_024_000.0 / rate) {
        if (rate == 44_100 && nextMs >= CHANGES_AT_MS) {
          rate = 48_000;
          announce();
        }
        sample(script, track, Math.round(nextMs), Math.round(nextMs), true, "010203");
      }
    }

    /** How long it is missing behind the change, milliseconds. */
    static double missingMs(RecordingSink made, int track) {
      var init = made.all(IndexRecord.InitSection.class).getLast();
      assertThat(init.rendition()).isEqualTo(track);
      assertThat(made.all(IndexRecord.Discontinuity.class))
          .containsExactly(new IndexRecord.Discontinuity(init.msn()));
      return made.partsOf(init).getFirst().startTicks() / 48.0 - 10_000 - CHANGES_AT_MS;
    }
  }

  /** With one keyframe at the beginning, or seldom: the target duration is 6 s. */
  @ParameterizedTest
  @ValueSource(ints = {250, Integer.MAX_VALUE})
  void soundThatChangesWaitsNoLongerForAKeyframeThanASegmentLasts(int keyframes) {
    InputScript script = InputScript.opened().announceVideo();
    ChangingSound sound = new ChangingSound(script, InputScript.AUDIO);
    for (int frame = 0; frame < 30 * 30; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % keyframes == 0);
      sound.sendUntil(Math.round(frame * 1000 / 30.0));
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(ChangingSound.missingMs(made, InputScript.AUDIO)).isBetween(0.0, 6_500.0);
    long end = made.parts(InputScript.AUDIO).getLast().startTicks();
    assertThat(end / 48.0).isBetween(39_500.0, 40_000.0);
    assertThat(made.parts(InputScript.VIDEO).getLast().startTicks()).isGreaterThan(39_500L * 90);
  }

  @Test
  void soundThatChangesBesideSoundThatLeadsWaitsForNothing() {
    InputScript script = InputScript.opened().announceAudio();
    ChangingSound other = new ChangingSound(script, InputScript.AUDIO + 1);
    for (int frame = 0; frame < 900; frame++) {
      long ms = Math.round(frame * 1024 / 48.0);
      script.audio(ms);
      other.sendUntil(ms);
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(ChangingSound.missingMs(made, InputScript.AUDIO + 1)).isBetween(0.0, 250.0);
  }

  @Test
  void soundThatChangesWhilePicturesAreAwayGoesOnWithoutThem() {
    InputScript script = InputScript.opened().announceVideo();
    ChangingSound sound = new ChangingSound(script, InputScript.AUDIO);
    for (int frame = 0; frame < 30 * 20; frame++) {
      long ms = Math.round(frame * 1000 / 30.0);
      if (ms < 8_950 || ms > 16_000) {
        script.video(ms, frame % 60 == 0);
      }
      sound.sendUntil(ms);
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(ChangingSound.missingMs(made, InputScript.AUDIO)).isBetween(0.0, 2_500.0);
    assertThat(made.parts(InputScript.VIDEO).getLast().startTicks()).isGreaterThan(29_000L * 90);
  }

  /** Repeated with each keyframe; others from the fourth second on, and no header tells of it. */
  @Test
  void otherParameterSetsWithinASampleAreADiscontinuityAndRepeatsAreNot() {
    String large = "0000001d 67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0";
    String small = "00000019 6742c01ed900a02ff97011000003000100000300320f162e48";
    String largePictures = "00000006 68ebe3cb22c0";
    String smallPictures = "00000005 68cb83cb20";
    ByteArrayOutputStream flv = new ByteArrayOutputStream();
    flv.writeBytes(FlvFileWriter.header(/* audio= */ false, /* video= */ true).toArray());
    String header = large.substring(4) + "01" + largePictures.substring(4);
    tag(flv, 0, "17 00 000000 01640028ffe1" + header);
    for (int frame = 0; frame < 200; frame++) {
      String sets = frame < 100 ? large + largePictures : small + smallPictures;
      boolean keyframe = frame % 25 == 0;
      String picture = keyframe ? "17 01 000000" + sets + "00000003 65b804" : INTER;
      tag(flv, frame * 40, picture);
    }

    RecordingSink made = InputScript.opened().flv(flv.toByteArray()).run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSize(1);
    assertThat(made.all(IndexRecord.InitSection.class)).hasSize(2);
    assertThat(made.all(IndexRecord.InitSection.class).getLast().msn())
        .isEqualTo(made.all(IndexRecord.Discontinuity.class).getFirst().msn());
    assertThat(
            made.parts(InputScript.VIDEO).stream()
                .flatMap(part -> Chunks.read(made.parts.get(part.key())).samples().stream())
                .filter(Chunks.ReadSample::sync))
        .hasSizeGreaterThan(6)
        .allSatisfy(one -> assertThat(one.data()).isEqualTo(Bytes.ofHex("00000003 65b804")));
  }

  private static void tag(ByteArrayOutputStream flv, int timestampMs, String body) {
    FlvTag tag = new FlvTag(FlvTag.VIDEO, timestampMs, Bytes.ofHex(body));
    flv.writeBytes(FlvFileWriter.tag(tag).toArray());
  }
}
