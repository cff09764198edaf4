package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Feeds streams that no encoder should send: what comes out keeps the rules all the same. */
class HostileInputTest {
  /** Streams that once broke a rule, by what was wrong. */
  private static final long[] FOUND = {
    // Sound of a new configuration came after its time was published as a gap.
    374,
    1496,
    1860,
    // A keyframe's dts was moved up above its pts, and the sound was cut at the pts.
    1325,
    // Frames of sound were missing where a segment ended.
    9902,
    15291,
    16636,
    // Sound was ahead of the keyframe that began the next stretch.
    9057,
    9915,
    14432,
    // A stretch began before the end of its last picture, whose length was predicted too long.
    19526,
    28715,
    // The last picture of a segment without a keyframe lasted until the next.
    36166,
    // A frame of sound that was early was moved far ahead by those that followed it.
    1292,
    // Sound began a little late behind the gaps that a stretch began with.
    950,
    1103
  };

  static LongStream seeds() {
    LongStream first = LongStream.rangeClosed(1, Long.getLong("millrace.fuzz.seeds", 30));
    return LongStream.concat(first, LongStream.of(FOUND)).distinct();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theRulesHold(long seed) {
    Random random = new Random(seed);
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    double[] clock = {0, 0};
    double wildness = random.nextDouble() * 0.03;
    long arrivalNs = InputScript.START_UTC_NS;
    for (int i = 0; i < 4000; i++) {
      int track = clock[0] <= clock[1] ? InputScript.VIDEO : InputScript.AUDIO;
      int index = track - 1;
      clock[index] += track == InputScript.VIDEO ? 1000 / 30.0 : 1024 / 48.0;
      arrivalNs += random.nextInt(12_000_000);
      if (random.nextDouble() < wildness) {
        misbehave(random, script, clock, arrivalNs);
      }
      long dts = Math.round(clock[index]) & 0x7FFF_FFFFL;
      boolean video = track == InputScript.VIDEO;
      boolean key = !video || random.nextInt(45) == 0;
      long cts = video ? random.nextInt(100) - (random.nextInt(20) == 0 ? 50 : 0) : 0;
      byte[] data = new byte[5 + random.nextInt(40)];
      data[3] = (byte) (data.length - 4);
      data[4] = (byte) (key ? 0x65 : 0x41);
      script.sample(new Sample(track, dts, dts + cts, key, arrivalNs, Bytes.wrap(data)));
    }
    script.add(new InputRecord.BroadcastClosed(arrivalNs));

    RecordingSink made = script.run();

    IndexRules.checkIrregular(made);
    assertThat(made.parts).hasSizeGreaterThan(100);
  }

  private static void misbehave(Random random, InputScript script, double[] clock, long arrivalNs) {
    switch (random.nextInt(9)) {
      case 0 -> clock[random.nextInt(2)] += random.nextInt(3_000);
      case 1 -> clock[random.nextInt(2)] -= random.nextInt(400);
      case 2 -> {
        double jump = random.nextInt(100_000) - 20_000;
        clock[0] += jump;
        clock[1] += jump;
      }
      case 3 -> clock[random.nextInt(2)] += random.nextInt(15_000);
      case 4 -> script.add(new InputRecord.SamplesDropped(1, 5, arrivalNs));
      case 5 -> {
        script.add(new InputRecord.SourceLost(arrivalNs));
        script.add(new InputRecord.SourceStarted(arrivalNs)).announceVideo().announceAudio();
      }
      case 6 ->
          script.announce(
              Track.of(
                  InputScript.AUDIO,
                  TrackKind.AUDIO,
                  InputScript.aac(random.nextBoolean() ? 44_100 : 48_000),
                  1000));
      case 7 -> script.add(new InputRecord.SourceStarted(arrivalNs)).announceAudio();
      default -> script.announceVideo().add(new InputRecord.ClockTicked(arrivalNs));
    }
  }
}
