package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.acceptance.PacketHashes.Packet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What FFmpeg reads is what FFmpeg sent, packet by packet, over HLS and over DASH. {@code
 * -Dmillrace.bitexact.seconds=30} compares for longer.
 */
class BitExactTest {
  private static final int SECONDS = Integer.getInteger("millrace.bitexact.seconds", 8);
  private static final int DASH_SECONDS = 4;
  private static final int FRAMES_PER_SECOND = 30;
  private static final double FRAME_MS = 1000.0 / FRAMES_PER_SECOND;

  @TempDir private Path directory;

  @Test
  void packetsKeepPayloadOrderAndTimes() throws Exception {
    Ffmpeg.require();
    Path clip = Ffmpeg.clip();
    PacketHashes sent =
        Ffmpeg.packets(directory, Duration.ofMinutes(1), "sent", "-i", clip.toString());

    try (Stage stage = Stage.start(directory, clip, "exact")) {
      assertSeen(sent, read(stage, "index.m3u8", SECONDS), SECONDS);
      assertSeen(sent, read(stage, "manifest.mpd", DASH_SECONDS), DASH_SECONDS);
    }
  }

  private PacketHashes read(Stage stage, String file, int seconds) throws Exception {
    return Ffmpeg.packets(
        directory,
        Duration.ofSeconds(seconds + 40),
        "seen-" + file,
        "-t",
        Integer.toString(seconds),
        "-i",
        stage.edge() + "/live/exact/" + file);
  }

  private static void assertSeen(PacketHashes sent, PacketHashes seen, int seconds) {
    int first = PacketHashes.indexOf(sent.video(), seen.video().getFirst().hash());
    assertThat(first).as("the first packet read is one that was sent").isNotNegative();
    assertThat(first % (2 * FRAMES_PER_SECOND)).as("it is a keyframe").isZero();
    Packet sharedKeyframe = sent.video().get(first);
    double shiftMs = seen.video().getFirst().ptsMs() - sharedKeyframe.ptsMs();
    int firstAudio = PacketHashes.indexOf(sent.audio(), seen.audio().getFirst().hash());
    assertThat(firstAudio).as("the first audio packet read was sent").isNotNegative();
    double audioShiftMs = seen.audio().getFirst().ptsMs() - sent.audio().get(firstAudio).ptsMs();
    // FFmpeg shows pictures late by the lowest of their offsets where that is below 0, those of its
    // own CMAF files too.
    double lateMs = shiftMs - audioShiftMs;
    double reorderedMs = sharedKeyframe.ptsMs() - sharedKeyframe.dtsMs();
    assertThat(lateMs).as("pictures after sound, ms").isBetween(-1.0, reorderedMs + 1.0);
    // A stretch's first keyframe is decoded when it is shown, the others as much later.
    assertSame(sent.video(), first, seen.video(), shiftMs, reorderedMs - lateMs);
    assertSame(sent.audio(), firstAudio, seen.audio(), audioShiftMs, 0);
    assertThat(seen.video()).hasSizeGreaterThanOrEqualTo((seconds - 1) * FRAMES_PER_SECOND);
    assertThat(seen.audio()).hasSizeGreaterThanOrEqualTo((seconds - 1) * 46);
  }

  /** RTMP's clock counts milliseconds: half of one is rounding at each end. */
  private static void assertSame(
      List<Packet> sent, int first, List<Packet> seen, double shiftMs, double decodedLaterMs) {
    for (int i = 0; i < seen.size(); i++) {
      Packet expected = sent.get(first + i);
      Packet packet = seen.get(i);
      assertThat(packet.hash()).as("payload of packet %d", i).isEqualTo(expected.hash());
      assertThat(Math.abs(packet.ptsMs() - expected.ptsMs() - shiftMs))
          .as("pts of packet %d is off by, ms", i)
          .isLessThanOrEqualTo(1.0);
      assertThat(Math.abs(packet.dtsMs() - expected.dtsMs() - shiftMs - decodedLaterMs))
          .as("dts of packet %d is off by, ms", i)
          .isLessThan(FRAME_MS);
    }
  }
}
