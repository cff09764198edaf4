package io.millrace.ingest.rtmp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** Runs the machine's ffmpeg. */
final class Ffmpeg {
  /**
   * How a run ended.
   *
   * @param output what it wrote to standard output and standard error
   */
  record Result(int exitStatus, String output) {}

  private Ffmpeg() {}

  static boolean isInstalled() {
    try {
      return run(Path.of("."), List.of("-version")).exitStatus() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A clip of 640 by 360, 30 frames a second, two B-frames, a keyframe each second; with a tone.
   */
  static Path clip(Path directory, int seconds) throws IOException {
    Path file = directory.resolve("clip.flv");
    Result made =
        run(
            directory,
            List.of(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=640x360:rate=30:duration=" + seconds,
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=" + seconds,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-bf",
                "2",
                "-g",
                "30",
                "-keyint_min",
                "30",
                "-sc_threshold",
                "0",
                "-b:v",
                "1500k",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
                "-f",
                "flv",
                file.toString()));
    if (made.exitStatus() != 0) {
      throw new IOException("no clip: " + made.output());
    }
    return file;
  }

  /** Sound only, in any codec. */
  static void soundClip(Path file, String codec) throws IOException {
    Result made =
        run(
            file.getParent(),
            List.of(
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=44100:duration=3",
                "-c:a",
                codec,
                "-f",
                "flv",
                file.toString()));
    if (made.exitStatus() != 0) {
      throw new IOException("no clip: " + made.output());
    }
  }

  /** Pushes as fast as the server takes it. */
  static Result push(Path clip, String url) throws IOException {
    return run(clip.getParent(), List.of("-i", clip.toString(), "-c", "copy", "-f", "flv", url));
  }

  /** Pushes in time with the clock. */
  static Result pushPaced(Path clip, String url) throws IOException {
    return run(
        clip.getParent(), List.of("-re", "-i", clip.toString(), "-c", "copy", "-f", "flv", url));
  }

  private static Result run(Path directory, List<String> arguments) throws IOException {
    return run("ffmpeg", directory, arguments);
  }

  /** The machine's own, which has an encoder for HEVC. */
  static Result runOlder(Path directory, List<String> arguments) throws IOException {
    return run("ffmpeg", directory, arguments);
  }

  /** FFmpeg 8, which speaks enhanced RTMP. */
  static Result runNewer(Path directory, List<String> arguments) throws IOException {
    return run(Loader.load(ffmpeg.class), directory, arguments);
  }

  private static Result run(String program, Path directory, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program, "-nostdin", "-hide_banner", "-y"));
    command.addAll(arguments);
    Path log = Files.createTempFile("ffmpeg", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(180, TimeUnit.SECONDS)) {
        throw new IOException("ffmpeg still runs: " + Files.readString(log));
      }
      return new Result(process.exitValue(), Files.readString(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(log);
    }
  }
}
