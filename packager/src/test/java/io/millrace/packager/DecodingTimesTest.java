package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Follows every picture of streams with two B-frames through reconnects: pts are exact, a stretch's
 * first picture is decoded when it is shown and the others as much later than their publisher says,
 * within a frame, and no stretch is decoded before the one before it has ended.
 */
class DecodingTimesTest {
  private static final int TICKS_PER_MS = 90;
  private static final int REORDERED_FRAMES = 2;
  private static final int GOP = 60;
  private static final int SECOND_VIDEO = 3;

  /** Where the number that a picture is known by stands, after its NAL unit's header. */
  private static final int NUMBER_AT = 5;

  private record Picture(long dtsMs, long ptsMs, double frameMs) {}

  private record Stretch(int track, Map<Integer, Picture> pictures) {}

  private final InputScript script = InputScript.opened();
  private final List<Stretch> stretches = new ArrayList<>();
  private int pictures;

  private void announce() {
    script.announceVideo().announceAudio();
  }

  /** A publisher's clock begins at {@code fromMs}; its samples arrive so much later than that. */
  private void publish(
      long fromMs, int frames, double frameRate, long arrivalOffsetMs, int... tracks) {
    List<Stretch> published = new ArrayList<>();
    for (int track : tracks.length == 0 ? new int[] {InputScript.VIDEO} : tracks) {
      published.add(new Stretch(track, new HashMap<>()));
    }
    stretches.addAll(published);
    long soundFrames = 0;
    for (int i = 0; i < frames; i++) {
      long dtsMs = fromMs + Math.round(i * 1000 / frameRate);
      int shown = i - i % GOP + displayed(i % GOP) + REORDERED_FRAMES;
      long ptsMs = fromMs + Math.round(shown * 1000 / frameRate);
      long arrivalNs = InputScript.START_UTC_NS + (dtsMs + arrivalOffsetMs) * 1_000_000;
      for (Stretch stretch : published) {
        stretch.pictures().put(pictures, new Picture(dtsMs, ptsMs, 1000 / frameRate));
        script.sample(picture(stretch.track(), dtsMs, ptsMs, i % GOP == 0, arrivalNs));
      }
      while (soundFrames * 1024 / 48.0 < (i + 1) * 1000 / frameRate) {
        long soundMs = fromMs + Math.round(soundFrames++ * 1024 / 48.0);
        script.audio(soundMs, InputScript.START_UTC_NS + (soundMs + arrivalOffsetMs) * 1_000_000);
      }
    }
  }

  /** Which picture of its group comes at this place: I P B B P B B … P, the last P alone. */
  private static int displayed(int place) {
    if (place == 0 || place > GOP - REORDERED_FRAMES - 1) {
      return place;
    }
    return place % 3 == 1 ? place + 2 : place - 1;
  }

  private Sample picture(int track, long dtsMs, long ptsMs, boolean keyframe, long arrivalNs) {
    byte[] data = new byte[100];
    data[3] = 96;
    data[4] = (byte) (keyframe ? 0x65 : 0x41);
    ByteBuffer.wrap(data).putInt(NUMBER_AT, pictures++);
    return new Sample(track, dtsMs, ptsMs, keyframe, arrivalNs, Bytes.wrap(data));
  }

  private RecordingSink run() {
    return script.add(new InputRecord.BroadcastClosed(0)).run();
  }

  private RecordingSink check(RecordingSink made) {
    return check(made, 0);
  }

  private RecordingSink check(RecordingSink made, int dropped) {
    IndexRules.check(made);
    Map<Integer, Chunks.ReadSample> read = new TreeMap<>();
    for (PartPublished part : made.all(PartPublished.class)) {
      if (part.key().rendition() != InputScript.AUDIO) {
        for (Chunks.ReadSample sample : Chunks.read(made.parts.get(part.key())).samples()) {
          read.put(sample.data().asByteBuffer().getInt(NUMBER_AT), sample);
        }
      }
    }
    assertThat(read).hasSize(pictures - dropped);
    Map<Integer, Long> endedAt = new HashMap<>();
    for (Stretch stretch : stretches) {
      long end = endedAt.getOrDefault(stretch.track(), 0L);
      endedAt.put(stretch.track(), check(stretch, read, end));
    }
    return made;
  }

  /** Returns where the stretch's last picture ends. */
  private static long check(Stretch stretch, Map<Integer, Chunks.ReadSample> read, long endBefore) {
    int first = stretch.pictures().keySet().stream().min(Integer::compare).orElseThrow();
    Picture begin = stretch.pictures().get(first);
    long delayMs = begin.ptsMs() - begin.dtsMs();
    assertThat(read.get(first).dts()).isEqualTo(read.get(first).pts());
    long offset = read.get(first).pts() - begin.ptsMs() * TICKS_PER_MS;
    assertThat(offset % TICKS_PER_MS).as("offset of the stretch, whole milliseconds").isZero();
    long[] end = {0};
    stretch
        .pictures()
        .forEach(
            (number, picture) -> {
              Chunks.ReadSample sample = read.get(number);
              assertThat(sample.dts()).isGreaterThanOrEqualTo(endBefore);
              assertThat(sample.pts() - offset)
                  .as("pts of picture %d", number - first)
                  .isEqualTo(picture.ptsMs() * TICKS_PER_MS);
              assertThat((sample.dts() - offset) / (double) TICKS_PER_MS)
                  .as("dts of picture %d, ms", number - first)
                  .isCloseTo((double) (picture.dtsMs() + delayMs), within(picture.frameMs()));
              end[0] = Math.max(end[0], sample.dts() + sample.duration());
            });
    return end[0];
  }

  private static void assertDiscontinuities(RecordingSink made, int count) {
    assertThat(made.all(IndexRecord.Discontinuity.class)).hasSize(count);
  }

  @ParameterizedTest
  @CsvSource({"8500", "5100", "4000"})
  void aPublisherThatComesBackKeepsItsDecodingTimes(long arrivalOffsetMs) {
    announce();
    publish(0, 150, 30, 0);
    script.add(new InputRecord.SourceLost(0)).add(new InputRecord.SourceStarted(0));
    announce();
    publish(0, 150, 30, arrivalOffsetMs);

    assertDiscontinuities(check(run()), 1);
  }

  @ParameterizedTest
  @CsvSource({"7_000, 0", "1_000_000, -993_000", "100, 6_500"})
  void aPublisherThatTakesOverAHalfOpenOneKeepsItsDecodingTimes(long fromMs, long arrivalOffsetMs) {
    announce();
    // It goes silent in the middle of a group, and nobody says that it is gone.
    publish(0, 199, 30, 0);
    script.add(new InputRecord.SourceStarted(0));
    announce();
    publish(fromMs, 150, 30, arrivalOffsetMs);
    script.add(new InputRecord.SourceStarted(0));
    announce();
    publish(fromMs, 150, 30, arrivalOffsetMs + 5_200);

    assertDiscontinuities(check(run()), 2);
  }

  @ParameterizedTest
  @CsvSource({"30, 60", "60, 30", "24, 60", "60, 24", "25, 50"})
  void aPublisherThatComesBackWithAnotherFrameRateKeepsItsDecodingTimes(double one, double other) {
    announce();
    publish(0, 200, one, 0);
    script.add(new InputRecord.SourceLost(0)).add(new InputRecord.SourceStarted(0));
    announce();
    publish(0, 300, other, 12_000);

    assertDiscontinuities(check(run()), 1);
  }

  @Test
  void aChangedPictureKeepsItsDecodingTimes() {
    announce();
    publish(0, 120, 30, 0);
    AvcConfiguration changed =
        new AvcConfiguration(Bytes.ofHex("014d001fffe000"), 0x4d, 0, 0x1f, 4, 640, 360, 0);
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, changed, 1000));
    publish(4_000, 150, 30, 0);

    assertDiscontinuities(check(run()), 1);
  }

  @Test
  void aSecondPictureKeepsItsDecodingTimes() {
    announce();
    script.announce(Track.of(SECOND_VIDEO, TrackKind.VIDEO, InputScript.AVC, 1000));
    publish(0, 150, 30, 0, InputScript.VIDEO, SECOND_VIDEO);
    script.add(new InputRecord.SourceStarted(0));
    announce();
    script.announce(Track.of(SECOND_VIDEO, TrackKind.VIDEO, InputScript.AVC, 1000));
    publish(0, 150, 30, 5_000, InputScript.VIDEO, SECOND_VIDEO);

    assertDiscontinuities(check(run()), 1);
  }

  @Test
  void aSecondPictureThatJoinsKeepsItsDecodingTimes() {
    announce();
    publish(0, 180, 30, 0);
    script.announce(Track.of(SECOND_VIDEO, TrackKind.VIDEO, InputScript.AVC, 1000));
    publish(6_000, 150, 30, 0, InputScript.VIDEO, SECOND_VIDEO);
    // Its first group comes before the segment that it joins with.
    stretches.getLast().pictures().keySet().removeIf(number -> number < 180 + 2 * GOP);
    RecordingSink made = run();

    check(made, GOP);
    assertDiscontinuities(made, 0);
  }

  @Test
  void aPictureThatComesBackToTheSoundKeepsItsDecodingTimes() {
    announce();
    publish(0, 180, 30, 0);
    script.add(new InputRecord.SourceStarted(0)).announceAudio();
    for (int i = 0; i < 250; i++) {
      long ms = Math.round(i * 1024 / 48.0);
      script.audio(ms, InputScript.START_UTC_NS + (6_500 + ms) * 1_000_000);
    }
    script.announceVideo();
    publish(5_350, 150, 30, 6_500);

    assertDiscontinuities(check(run()), 1);
  }

  @Test
  void aJumpOfTheTimestampsKeepsDecodingTimes() {
    announce();
    publish(0, 150, 30, 0);
    publish(5_000_000, 150, 30, -4_995_000);

    assertDiscontinuities(check(run()), 1);
  }

  @Test
  void lostEntriesKeepDecodingTimes() {
    announce();
    publish(0, 150, 30, 0);
    final int lostAt = script.entries.size();
    publish(7_000, 150, 30, 0);
    script.add(new InputRecord.BroadcastClosed(0));
    RecordingSink made = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, made);
    script.entries.subList(0, lostAt).forEach(packager::accept);
    packager.entriesLost();
    script.entries.subList(lostAt, script.entries.size()).forEach(packager::accept);

    assertDiscontinuities(check(made), 1);
  }
}
