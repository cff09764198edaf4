package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    "100, false",
    "119.88011988, false",
    "119.88011988, true",
    "120, false",
    "120, true",
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

  /** The codec's configuration, and a frame of it. */
  private record Sound(AudioConfiguration codec, Bytes frame) {}

  private static Sound sound(String codec, int sampleRate) {
    Bytes frame = Bytes.ofHex("010203");
    return switch (codec) {
      case "AAC" -> new Sound(InputScript.aac(sampleRate), frame);
      case "AAC 960" ->
          new Sound(new AacConfiguration(Bytes.ofHex("1194"), 2, sampleRate, 2, 960), frame);
      case "AC-3" -> new Sound(new Ac3Configuration(Bytes.ofHex("101080"), sampleRate, 2), frame);
      case "MP3" ->
          new Sound(
              new Mp3Configuration(
                  Bytes.ofHex("fffa0000"), sampleRate, 2, sampleRate < 32_000 ? 576 : 1_152),
              frame);
      // By the table of contents: 2.5, 10, 20, 40 and 60 ms
      case "Opus 2.5" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("e0"));
      case "Opus 10" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("f0"));
      case "Opus 20" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("f8"));
      case "Opus 40" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("10"));
      case "Opus 60" -> new Sound(OpusConfiguration.unknown(2), Bytes.ofHex("18"));
      case "FLAC 4608" ->
          new Sound(
              new FlacConfiguration(Bytes.EMPTY, sampleRate, 2, 16, 4_608),
              Bytes.ofHex("fff8590800"));
      case "FLAC 4096" ->
          new Sound(
              new FlacConfiguration(Bytes.EMPTY, sampleRate, 2, 16, 4_608),
              Bytes.ofHex("fff8c90800"));
      default -> throw new AssertionError(codec);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "AAC, 44100",
    "AAC, 48000",
    "AAC, 32000",
    "AAC, 22050",
    "AAC, 96000",
    "AAC 960, 48000",
    "AC-3, 48000",
    "AC-3, 44100",
    "AC-3, 32000",
    "MP3, 48000",
    "MP3, 44100",
    "MP3, 22050",
    "Opus 2.5, 48000",
    "Opus 10, 48000",
    "Opus 20, 48000",
    "Opus 40, 48000",
    "Opus 60, 48000",
    "FLAC 4608, 48000",
    "FLAC 4096, 44100",
  })
  void soundPartsAreAsLongAsTheyMayBe(String name, int sampleRate) {
    Sound sound = sound(name, sampleRate);
    int frameLength = sound.codec.frameLength(sound.frame);
    InputScript script =
        InputScript.opened()
            .announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, sound.codec, 1000));
    for (int frame = 0; frame < 20 * sampleRate / frameLength; frame++) {
      long ms = Math.round(frame * frameLength * 1_000.0 / sampleRate);
      script.sample(
          new Sample(
              InputScript.AUDIO,
              ms,
              ms,
              true,
              InputScript.START_UTC_NS + ms * 1_000_000,
              sound.frame));
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

  /**
   * Four frames of HE-AAC at 48 kHz are 81 %, five are too many. Sound's parts may be shorter, for
   * they are independent (RFC 8216bis 4.4.4.9).
   */
  @Test
  void partsOfHeAacAreFourFrames() {
    List<PartPublished> parts = Codecs.heAac().parts(InputScript.AUDIO);

    assertThat(parts).hasSizeGreaterThan(10).allMatch(PartPublished::independent);
    assertThat(parts.stream().filter(part -> part.durationTicks() == 4 * 1_024))
        .as("but for the last of each segment")
        .hasSizeGreaterThanOrEqualTo(parts.size() - 2);
  }

  private static double ms(PartPublished part) {
    return part.durationTicks() / 90.0;
  }
}
