package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ingest.CapturedLog;
import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvAudioTag;
import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.flv.FlvTagReader;
import io.millrace.media.flv.FlvVideoTag;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes with a real ffmpeg. */
class FfmpegPushTest {
  @TempDir private static Path directory;
  private static Path clip;

  private final ServedRtmp served = new ServedRtmp();

  @BeforeAll
  static void makeClip() throws IOException {
    assumeTrue(Ffmpeg.isInstalled(), "needs ffmpeg");
    clip = Ffmpeg.clip(directory, 4);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void bringsEverySampleThatFfmpegPushesUnchanged() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, served.url("/live/secret"));

    assertThat(pushed.exitStatus()).as(pushed.output()).isZero();
    await()
        .atMost(ServedRtmp.SOON)
        .untilAsserted(
            () -> assertThat(served.packager.records(InputRecord.SourceLost.class)).hasSize(1));
    List<Expected> expected = expected(clip);
    assertThat(received(1)).isEqualTo(of(expected, 1)).hasSizeGreaterThan(100);
    assertThat(received(2)).isEqualTo(of(expected, 2)).hasSizeGreaterThan(150);
    assertThat(served.packager.records().get(0)).isInstanceOf(InputRecord.BroadcastOpened.class);
    assertThat(served.packager.records().get(1)).isInstanceOf(InputRecord.SourceStarted.class);
    assertThat(served.packager.records(InputRecord.TrackAnnounced.class))
        .extracting(announced -> announced.track().renditionName())
        .containsExactlyInAnyOrder("v1", "a2");
  }

  @Test
  void tellsOfAStreamOnceAtItsBeginningAndOnceAtItsEnd() throws IOException {
    try (CapturedLog log = new CapturedLog("io.millrace")) {
      Ffmpeg.push(clip, served.url("/live/secret"));
      await().atMost(ServedRtmp.SOON).until(() -> !log.lines().isEmpty());
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.packager.records(InputRecord.SourceLost.class).size() == 1);
      served.channels.end(ServedRtmp.DEMO.id());
      await().atMost(ServedRtmp.SOON).until(() -> log.lines().size() > 1);

      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().getFirst())
          .startsWith("broadcast begins: channel=demo broadcast=")
          .contains(" protocol=rtmp peer=127.0.0.1:", " encoder=\"Lavf")
          .containsPattern("video=\"avc1\\.[0-9a-f]{6} [0-9]+x[0-9]+ [0-9.]+ fps\"")
          .containsPattern("audio=\"mp4a\\.40\\.2 [0-9]+ Hz\"");
      assertThat(log.lines().getLast())
          .startsWith("broadcast ended: channel=demo broadcast=")
          .endsWith(" dropped=0 reconnects=0");
      assertThat(log.everything()).noneMatch(line -> line.contains("secret"));
    }
  }

  @Test
  void refusesAWrongKeySoThatFfmpegSaysWhy() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, served.url("/live/wrong"));

    assertThat(pushed.exitStatus()).isNotZero();
    assertThat(pushed.output()).contains("Publishing refused: unknown stream key");
    assertThat(served.packager.messages()).isEmpty();
  }

  @Test
  void tellsAPublisherWithoutAKeyThatItHasNone() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, served.url("/live"));

    assertThat(pushed.exitStatus()).isNotZero();
    assertThat(pushed.output()).contains("Publishing refused: no stream key was given");
  }

  @Test
  void refusesACodecSoThatFfmpegSaysWhy() throws IOException {
    Path nellymoser = directory.resolve("nellymoser.flv");
    if (!Files.exists(nellymoser)) {
      Ffmpeg.soundClip(nellymoser, "nellymoser");
    }

    Ffmpeg.Result pushed = Ffmpeg.pushPaced(nellymoser, served.url("/live/secret"));

    assertThat(pushed.output()).contains("Audio codec Nellymoser is not supported: send AAC, Opus");
    assertThat(served.packager.messages()).isEmpty();
  }

  private List<Expected> received(int track) {
    return served.packager.records(InputRecord.SampleArrived.class).stream()
        .map(InputRecord.SampleArrived::sample)
        .filter(sample -> sample.trackId() == track)
        .map(Expected::of)
        .toList();
  }

  private static List<Expected> of(List<Expected> samples, int track) {
    return samples.stream().filter(sample -> sample.track == track).toList();
  }

  private static List<Expected> expected(Path file) throws IOException {
    List<Expected> samples = new ArrayList<>();
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(Files.readAllBytes(file)));
    for (Optional<FlvTag> next = reader.next(); next.isPresent(); next = reader.next()) {
      FlvTag tag = next.get();
      long dts = tag.timestampMs();
      if (tag.type() == FlvTag.VIDEO
          && FlvTagReader.video(tag.body()).getFirst() instanceof FlvVideoTag.CodedFrame frame) {
        long pts = dts + frame.compositionTimeMs();
        samples.add(new Expected(1, dts, pts, frame.keyframe(), frame.data()));
      } else if (tag.type() == FlvTag.AUDIO
          && FlvTagReader.audio(tag.body()).getFirst() instanceof FlvAudioTag.CodedFrame frame) {
        samples.add(new Expected(2, dts, dts, true, frame.data()));
      }
    }
    return samples;
  }

  /** A sample without the time of its arrival. */
  private record Expected(int track, long dts, long pts, boolean keyframe, Bytes data) {
    static Expected of(Sample sample) {
      return new Expected(
          sample.trackId(), sample.dts(), sample.pts(), sample.keyframe(), sample.data());
    }
  }
}
