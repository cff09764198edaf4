package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What a publisher sends costs no more than its share, whatever it says of its times. */
class CostlyInputTest {
  private static final int SAMPLE_BYTES = 3 << 20;

  /** STREAMINFO: blocks of 4,096, 8 kHz, stereo, 16 bits. */
  private static final String FLAC_AT_8_KHZ = "1000 1000 000000 000000 01f402f0" + "00".repeat(20);

  /** Each begins a new stretch. */
  @Test
  void timesThatJumpWithEachSampleMakeFewDiscontinuities() {
    InputScript script = InputScript.opened().announceAudio();
    for (int ms = 0; ms < 4_000; ms += 20) {
      script.audio(ms);
    }
    for (int i = 0; i < 3_000; i++) {
      long arrivalNs = InputScript.START_UTC_NS + (400 + i) * 10_000_000L;
      script.audio(i % 40 < 20 ? 10_000 + i : 100_000_000 + i, arrivalNs);
    }
    script.add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS));

    RecordingSink made = script.run();

    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSizeBetween(1, 4 * 30);
  }

  /** Each would be filled with gaps. */
  @Test
  void timesThatStepAheadOfTheClockAreJumps() {
    InputScript script = InputScript.opened().announceAudio();
    for (int ms = 0; ms < 4_000; ms += 20) {
      script.audio(ms);
    }
    for (int i = 0; i < 3_000; i++) {
      script.audio(4_000 + i * 1_900L, InputScript.START_UTC_NS + (400 + i) * 10_000_000L);
    }
    script.add(new InputRecord.BroadcastClosed(0));

    RecordingSink made = script.run();

    assertThat(made.all(IndexRecord.GapPublished.class)).hasSizeLessThan(100);
    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSizeLessThanOrEqualTo(4 * 30);
  }

  @Test
  void aFrameOfSoundThatSaysItLastsForMinutesIsOneAsUsual() {
    // A block of 65,536 samples.
    FlacConfiguration slow = FlacConfiguration.parse(Bytes.ofHex(FLAC_AT_8_KHZ));
    InputScript script = InputScript.opened().announceVideo();
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, slow, 1000));
    script.both(0, 3_000, 30, 2);
    script.sample(
        new Sample(
            InputScript.AUDIO,
            3_000,
            3_000,
            /* keyframe= */ true,
            InputScript.START_UTC_NS + 3_000_000_000L,
            Bytes.ofHex("fff8 7918 00 ffff 00")));
    script.both(3_033, 3_000, 30, 2).add(new InputRecord.BroadcastClosed(0));

    RecordingSink made = script.run();

    assertThat(made.records).hasSizeLessThan(500);
  }

  @Test
  void aPartOfManyLargeSamplesAtOneTimeIsBounded() {
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    script.both(0, 3_000, 30, 2);
    byte[] data = new byte[SAMPLE_BYTES];
    ByteBuffer.wrap(data).putInt(SAMPLE_BYTES - 4);
    data[4] = 0x41;
    Bytes sample = Bytes.wrap(data);
    for (int i = 0; i < 20; i++) {
      long arrivalNs = InputScript.START_UTC_NS + 3_000_000_000L;
      script.sample(
          new Sample(InputScript.VIDEO, 3_000, 3_000, /* keyframe= */ false, arrivalNs, sample));
    }
    script.both(3_033, 3_000, 30, 2).add(new InputRecord.BroadcastClosed(0));

    RecordingSink made = script.run();

    IndexRules.checkIrregular(made);
    assertThat(made.parts.values()).allMatch(part -> part.length() < 17 << 20);
    assertThat(made.parts.values().stream().mapToLong(Bytes::length).sum())
        .isGreaterThan(20L * SAMPLE_BYTES);
  }
}
