package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.timeline.Irregularity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every usual frame rate and frame length of sound fits between 85 and 100 % of PART-TARGET, but
 * for those that are named here.
 */
class PartTargetTest {
  private static final double TARGET_MS = 210;

  /**
   * Pictures with sound, and a keyframe each two seconds.
   *
   * @param declared whether the stream tells its rate
   */
  private static RecordingSink twentySeconds(double frameRate, boolean declared) {
    return InputScript.opened()
        .announce(
            Track.of(
                InputScript.VIDEO,
                TrackKind.VIDEO,
                InputScript.avc(declared ? frameRate : 0),
                1000))
        .announceAudio()
        .both(0, 20_000, frameRate, 2)
        .run();
  }

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
    "25, true",
    "29.97002997, true",
    "59.94005994, true",
    "60, true",
    "100, false",
    "119.88011988, false",
    "119.88011988, true",
    "120, false",
    "120, true",
    "48, true",
    "50, true",
    "100, true",
    "20, false",
    "15, false",
    "10, false",
    "10, true",
    "5, false"
  })
  void videoPartsAreAsLongAsTheyMayBe(double frameRate, boolean declared) {
    RecordingSink made = twentySeconds(frameRate, declared);

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

  /**
   * No number of pictures lies between 85 and 100 % of PART-TARGET: the rendition has its own, 5 %
   * above what as many last as fit.
   */
  @ParameterizedTest
  @CsvSource({
    "6, 1, 175",
    "7, 1, 150",
    "7.5, 1, 140",
    "8, 1, 132",
    "9, 1, 117",
    "12, 2, 175",
    "12.5, 2, 168",
    "13, 2, 162",
    "14, 2, 150",
    "17, 3, 186",
    "18, 3, 175",
    "23, 4, 183",
  })
  void picturesThatFillNoPartHaveAPartTargetOfTheirOwn(
      double frameRate, int frames, long partTargetMs) {
    for (boolean declared : new boolean[] {false, true}) {
      RecordingSink made = twentySeconds(frameRate, declared);

      IndexRules.check(made);
      assertThat(made.all(IndexRecord.PartTargetFixed.class))
          .as("declared: %s", declared)
          .containsExactly(
              new IndexRecord.PartTargetFixed(InputScript.VIDEO, partTargetMs * 1_000_000));
      List<PartPublished> parts = made.parts(InputScript.VIDEO);
      double ms = frames * 1_000 / frameRate;
      long whole = parts.stream().filter(part -> Math.abs(ms(part) - ms) < 2).count();
      assertThat(parts.size() - whole)
          .isLessThanOrEqualTo(made.segments(InputScript.VIDEO).size() + 1);
      assertThat(made.irregularities).isEmpty();
    }
  }

  /** Four last half a millisecond more than a part may: clocks of milliseconds let them in. */
  @Test
  void nineteenPicturesASecondStayWhereTheyAre() {
    RecordingSink made = twentySeconds(19, /* declared= */ false);

    IndexRules.checkIrregular(made);
    assertThat(made.all(IndexRecord.PartTargetFixed.class)).isEmpty();
  }

  /** Sound began alone, and playlists are out when the picture comes. */
  @Test
  void picturesThatJoinLaterHaveTheirsFromTheirFirstPartOn() {
    InputScript script = InputScript.opened().announceAudio();
    for (int frame = 0; frame * 1_024 < 6 * 48_000; frame++) {
      script.audio(Math.round(frame * 1_024_000 / 48_000.0));
    }
    RecordingSink made =
        script
            .announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.avc(12.5), 1000))
            .both(6_000, 20_000, 12.5, 2)
            .run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.PartTargetFixed.class))
        .containsExactly(new IndexRecord.PartTargetFixed(InputScript.VIDEO, 168_000_000));
  }

  /** Once playlists are out PART-TARGET stays, whatever the encoder does. */
  @Test
  void partTargetStaysWhereTheFrameRateChanges() {
    RecordingSink made =
        InputScript.opened()
            .announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.avc(12.5), 1000))
            .announceAudio()
            .both(0, 10_000, 12.5, 2)
            .announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.avc(30), 1000))
            .both(10_000, 20_000, 30, 2)
            .run();

    IndexRules.check(made);
    assertThat(made.all(IndexRecord.PartTargetFixed.class)).hasSize(1);
    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSize(1);
  }

  /** Each is a part as long as PART-TARGET; a gap makes good what those before it lacked. */
  @ParameterizedTest
  @CsvSource({"4, false", "4, true", "4.5, false", "3, false", "2.5, true"})
  void picturesThatAreLongerArePartsOfTheirOwn(double frameRate, boolean declared) {
    RecordingSink made = twentySeconds(frameRate, declared);

    IndexRules.checkIrregular(made);
    List<PartPublished> parts = made.parts(InputScript.VIDEO);
    assertThat(parts).hasSize((int) Math.ceil(20 * frameRate));
    assertThat(made.irregularities)
        .containsExactly(Map.entry(Irregularity.LONG_FRAME, (long) parts.size()));
    assertThat(made.all(IndexRecord.GapPublished.class))
        .isNotEmpty()
        .allMatch(gap -> gap.key().rendition() == InputScript.VIDEO);
    List<Chunks.ReadSample> samples =
        parts.stream()
            .flatMap(part -> Chunks.read(made.parts.get(part.key())).samples().stream())
            .toList();
    for (int i = 0; i < samples.size(); i++) {
      Chunks.ReadSample sample = samples.get(i);
      assertThat(sample.pts()).isEqualTo(900_000 + 90 * Math.round(i * 1_000 / frameRate));
      assertThat(sample.pts() - sample.dts()).isBetween(0L, (long) (90 * TARGET_MS));
      if (i > 0) {
        // A browser takes a step of more than two frames for a new start (Media Source 3.5.8).
        Chunks.ReadSample before = samples.get(i - 1);
        assertThat(sample.dts() - before.dts()).isLessThanOrEqualTo(2 * before.duration());
      }
    }
  }

  /** The codec's configuration, and a frame of it. */
  private record Sound(AudioConfiguration codec, Bytes frame) {}

  private static Sound sound(String codec, int sampleRate) {
    Bytes frame = Bytes.ofHex("010203");
    return switch (codec) {
      case "AAC" -> new Sound(InputScript.aac(sampleRate), frame);
      case "AAC 960" ->
          new Sound(new AacConfiguration(Bytes.ofHex("1194"), 2, sampleRate, 2, 960), frame);
      // Twice as many samples come out of it, at twice the rate.
      case "HE-AAC" ->
          new Sound(
              new AacConfiguration(
                  Bytes.ofHex("2b118800"), 5, sampleRate / 2, 2, 1_024, sampleRate),
              frame);
      case "AC-3" -> new Sound(new Ac3Configuration(Bytes.ofHex("101080"), sampleRate, 2), frame);
      case "E-AC-3" ->
          new Sound(new Eac3Configuration(Bytes.ofHex("0020200400"), sampleRate, 2), frame);
      case "MP3" ->
          new Sound(
              new Mp3Configuration(
                  Bytes.ofHex("fffa0000"), sampleRate, 2, sampleRate < 32_000 ? 576 : 1_152),
              frame);
      // By the table of contents: 2.5, 5, 10, 20, 40 and 60 ms
      case "Opus 2.5" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("e0"));
      case "Opus 5" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("e8"));
      case "Opus 10" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("f0"));
      case "Opus 20" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("f8"));
      case "Opus 40" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("10"));
      case "Opus 60" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("18"));
      // By the block size's code
      case "FLAC 1152" -> flac(sampleRate, "fff8390800");
      case "FLAC 4096" -> flac(sampleRate, "fff8c90800");
      case "FLAC 4608" -> flac(sampleRate, "fff8590800");
      default -> throw new AssertionError(codec);
    };
  }

  private static Sound flac(int sampleRate, String frame) {
    return new Sound(
        new FlacConfiguration(Bytes.EMPTY, sampleRate, 2, 16, 4_608), Bytes.ofHex(frame));
  }

  private static RecordingSink twentySeconds(Sound sound) {
    int sampleRate = sound.codec.sampleRate();
    int frameLength = sound.codec.frameLength(sound.frame);
    InputScript script =
        InputScript.opened()
            .announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, sound.codec, 1000));
    for (int frame = 0; frame < 20 * sampleRate / frameLength; frame++) {
      long ms = Math.round(frame * (double) frameLength * 1_000.0 / sampleRate);
      script.sound(ms, sound.frame);
    }
    RecordingSink made = script.run();

    assertThat(made.parts(InputScript.AUDIO)).allMatch(PartPublished::independent);
    // Cut at the goal, to the nearest frame.
    double halfMs = Math.max(50, frameLength * 500.0 / sampleRate + 1);
    assertThat(made.segments(InputScript.AUDIO))
        .hasSizeBetween(9, 11)
        .allSatisfy(
            segment ->
                assertThat(segment.durationTicks() * 1000.0 / sampleRate)
                    .isBetween(2_000 - halfMs, 2_000 + halfMs));
    return made;
  }

  @ParameterizedTest
  @CsvSource({
    "AAC, 11025 16000 22050 32000 44100 48000 88200 96000",
    "AAC 960, 16000 24000 32000 44100 48000 88200 96000",
    "HE-AAC, 22050 32000 44100 88200 96000",
    "AC-3, 32000 44100 48000",
    "E-AC-3, 16000 22050 24000 32000 44100 48000",
    "MP3, 11025 12000 16000 22050 24000 32000 44100 48000",
    "Opus 2.5, 48000",
    "Opus 5, 48000",
    "Opus 10, 48000",
    "Opus 20, 48000",
    "Opus 40, 48000",
    "Opus 60, 48000",
    "FLAC 1152, 11025 12000 22050 24000 32000 44100 48000 88200 96000",
    "FLAC 4096, 22050 44100 88200",
    "FLAC 4608, 22050 24000 44100 48000 88200 96000",
  })
  void soundPartsAreAsLongAsTheyMayBe(String codec, String sampleRates) {
    for (String sampleRate : sampleRates.split(" ", -1)) {
      int rate = Integer.parseInt(sampleRate);
      Sound sound = sound(codec, rate);
      RecordingSink made = twentySeconds(sound);

      IndexRules.check(made);
      List<PartPublished> parts = made.parts(InputScript.AUDIO);
      assertThat(parts).as(sampleRate).hasSizeGreaterThanOrEqualTo(90);
      int ticks = sound.codec.sampleRate();
      long shorter =
          parts.stream()
              .filter(part -> part.durationTicks() * 1000.0 / ticks < TARGET_MS * 0.85)
              .count();
      assertThat(shorter)
          .as(sampleRate)
          .isLessThanOrEqualTo(made.segments(InputScript.AUDIO).size());
      assertThat(made.irregularities).as(sampleRate).isEmpty();
    }
  }

  /**
   * No number of these frames lies between 85 and 100 % of PART-TARGET: as many as fit it. Sound's
   * parts may be shorter, for they are independent (RFC 8216bis 4.4.4.9).
   */
  @ParameterizedTest
  @CsvSource({
    "AAC, 8000, 1",
    "AAC, 12000, 2",
    "AAC, 24000, 4",
    "AAC 960, 8000, 1",
    "AAC 960, 11025, 2",
    "AAC 960, 12000, 2",
    "AAC 960, 22050, 4",
    "HE-AAC, 16000, 1",
    "HE-AAC, 24000, 2",
    "HE-AAC, 48000, 4",
    "MP3, 8000, 2",
    "FLAC 1152, 8000, 1",
    "FLAC 1152, 16000, 2",
    "FLAC 4096, 24000, 1",
    "FLAC 4096, 32000, 1",
    "FLAC 4096, 48000, 2",
    "FLAC 4096, 96000, 4",
    "FLAC 4608, 32000, 1",
  })
  void soundThatDoesNotComeNearFillsPartsAsFarAsItCan(String codec, int sampleRate, int frames) {
    Sound sound = sound(codec, sampleRate);
    RecordingSink made = twentySeconds(sound);

    IndexRules.check(made);
    long full = (long) frames * sound.codec.frameLength(sound.frame);
    List<PartPublished> parts = made.parts(InputScript.AUDIO);
    assertThat(parts).allMatch(part -> part.durationTicks() <= full);
    long shorter = parts.stream().filter(part -> part.durationTicks() < full).count();
    assertThat(shorter).isLessThanOrEqualTo(made.segments(InputScript.AUDIO).size());
    assertThat(made.irregularities).isEmpty();
  }

  /** Each is a part as long as PART-TARGET, and a gap is behind it for the rest of its time. */
  @ParameterizedTest
  @CsvSource({
    "FLAC 4096, 8000",
    "FLAC 4096, 11025",
    "FLAC 4096, 12000",
    "FLAC 4096, 16000",
    "FLAC 4608, 8000",
    "FLAC 4608, 11025",
    "FLAC 4608, 12000",
    "FLAC 4608, 16000",
  })
  void framesOfSoundThatAreLongerArePartsOfTheirOwn(String codec, int sampleRate) {
    Sound sound = sound(codec, sampleRate);
    RecordingSink made = twentySeconds(sound);

    IndexRules.checkIrregular(made);
    List<PartPublished> parts = made.parts(InputScript.AUDIO);
    long target = (long) (TARGET_MS * sampleRate / 1_000);
    assertThat(parts).allMatch(part -> part.durationTicks() == target && !part.last());
    int length = sound.codec.frameLength(sound.frame);
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i).startTicks()).isEqualTo(10L * sampleRate + (long) i * length);
    }
    assertThat(
            made.segments(InputScript.AUDIO).stream()
                .mapToLong(IndexRecord.SegmentEnded::durationTicks))
        .allMatch(duration -> duration % length == 0);
    assertThat(made.irregularities)
        .containsExactly(Map.entry(Irregularity.LONG_FRAME, (long) parts.size()));
  }

  /** What of a block is left where the picture is cut, be it by a keyframe or by the limit. */
  @ParameterizedTest
  @CsvSource({
    "250, 250, 8000 11025 12000 16000",
    "60, 150, 8000 11025 12000 16000",
    "60, 60, 8000 11025 12000 16000",
  })
  void longBlocksBesidePicturesDoNotMakeSegmentsTooLong(int first, int apart, String sampleRates) {
    for (String sampleRate : sampleRates.split(" ", -1)) {
      int rate = Integer.parseInt(sampleRate);
      Sound sound = sound("FLAC 4608", rate);
      InputScript script =
          InputScript.opened()
              .announceVideo()
              .announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, sound.codec, 1000));
      long blocks = 0;
      for (int frame = 0; frame < 30 * 60; frame++) {
        long ms = Math.round(frame * 1000 / 30.0);
        for (; blocks * 4_608_000 <= ms * rate; blocks++) {
          script.sound(blocks * 4_608_000 / rate, sound.frame);
        }
        script.video(ms, frame == 0 || (frame >= first && (frame - first) % apart == 0));
      }
      RecordingSink made = script.run();

      IndexRules.checkIrregular(made);
      assertThat(made.segments(InputScript.AUDIO)).as(sampleRate).hasSizeGreaterThan(8);
    }
  }

  /** A stream may have blocks that are shorter than the longest that its STREAMINFO tells of. */
  @Test
  void aFrameOfMoreThanASecondIsAsLongAsItSays() {
    FlacConfiguration codec = new FlacConfiguration(Bytes.EMPTY, 8_000, 2, 16, 16_384);
    InputScript script =
        InputScript.opened().announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, codec, 1000));
    for (int frame = 0; frame < 8; frame++) {
      long ms = frame * 1_500L;
      // 12,000 samples, by the 16 bits behind the frame's number
      script.sound(ms, Bytes.ofHex("fff87908002edf"));
    }
    RecordingSink made = script.run();

    IndexRules.checkIrregular(made);
    List<PartPublished> parts = made.parts(InputScript.AUDIO);
    assertThat(parts).hasSizeGreaterThan(4);
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i).startTicks()).isEqualTo(80_000L + i * 12_000L);
    }
  }

  private static double ms(PartPublished part) {
    return part.durationTicks() / 90.0;
  }
}
