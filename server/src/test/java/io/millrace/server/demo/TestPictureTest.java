package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestPictureTest {
  private static final long TIME_MS = 1_795_000_000_123L;

  @TempDir Path directory;

  @Test
  void readsBackTheTimeOfEveryFrame() {
    TestPicture picture = new TestPicture();
    for (int frame = 0; frame < 100; frame++) {
      long timeMs = TIME_MS + frame * 333_333_333L;

      OptionalLong read = read(picture.draw(frame, timeMs));

      assertThat(read).hasValue(timeMs & 0xFFFF_FFFFL);
    }
  }

  @Test
  void doesNotTakeBlackOrWhiteOrAFlippedBlockForATime() {
    byte[] frame = new TestPicture().draw(1, TIME_MS);
    for (int block = 0; block < ClockStrip.BLOCKS; block++) {
      byte[] broken = frame.clone();
      int centre = (TestPicture.STRIP_TOP + 16) * TestPicture.WIDTH + block * 32 + 16;
      broken[centre] = (byte) (255 - (broken[centre] & 0xFF));
      assertThat(read(broken)).isEmpty();
    }
    assertThat(ClockStrip.read((_, _) -> 16, 1, 720)).isEmpty();
    assertThat(ClockStrip.read((_, _) -> 235, 1, 720)).isEmpty();
  }

  /** The broadcaster's own arguments, but for the address. */
  @Test
  void timeSurvivesTheEncoder() throws Exception {
    Path flv = directory.resolve("demo.flv");
    Path log = directory.resolve("log");
    FfmpegProgram program = FfmpegProgram.find();
    Process ffmpeg =
        new ProcessBuilder(program.arguments(Broadcaster.KEYFRAME_INTERVAL, flv.toString()))
            .redirectError(log.toFile())
            .start();
    int frames = 90;
    try (OutputStream out = ffmpeg.getOutputStream()) {
      write(out, frames);
    }
    assertThat(ffmpeg.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ffmpeg.exitValue()).as(Files.readString(log)).isZero();

    byte[] decoded =
        output(program.command(), "-v", "error", "-i", flv.toString(), "-f", "rawvideo", "-");
    List<Long> times = new ArrayList<>();
    for (int at = 0; at < decoded.length; at += TestPicture.FRAME_BYTES) {
      times.add(read(Arrays.copyOfRange(decoded, at, at + TestPicture.FRAME_BYTES)).orElseThrow());
    }

    assertThat(times).hasSize(frames);
    for (int frame = 0; frame < frames; frame++) {
      assertThat(times.get(frame)).isEqualTo((TIME_MS + frame * 1_000L / 30) & 0xFFFF_FFFFL);
    }
  }

  private static void write(OutputStream out, int frames) throws IOException {
    MatroskaWriter writer = new MatroskaWriter(out);
    writer.header(TestPicture.WIDTH, TestPicture.HEIGHT, 30, Tone.SAMPLE_RATE, Tone.CHANNELS);
    TestPicture picture = new TestPicture();
    Tone tone = new Tone();
    long soundMs = 0;
    for (int frame = 0; frame < frames; frame++) {
      long frameMs = frame * 1_000L / 30;
      for (; soundMs < frameMs + 80; soundMs += Tone.BLOCK_MS) {
        writer.block(MatroskaWriter.AUDIO_TRACK, soundMs, tone.block(TIME_MS + soundMs));
      }
      writer.block(MatroskaWriter.VIDEO_TRACK, frameMs, picture.draw(frame, TIME_MS + frameMs));
    }
  }

  private static byte[] output(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static OptionalLong read(byte[] frame) {
    return ClockStrip.read(
        (column, row) -> frame[row * TestPicture.WIDTH + column] & 0xFF, 1, TestPicture.HEIGHT);
  }
}
