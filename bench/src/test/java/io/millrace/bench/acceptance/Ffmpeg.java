package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs the machine's FFmpeg: the encoder and the player that know nothing of Millrace. */
public final class Ffmpeg {
  private static final Path PROGRAM = Path.of("/usr/bin/ffmpeg");

  private static final int CLIP_SECONDS = 60;

  private static final int TOO_LONG = -1;

  /**
   * Status of a process that ended by signal 11. The libavformat of FFmpeg 5.1 has done so while it
   * read a live playlist. It is asked once more, and what it reads then is what counts.
   */
  private static final int SEGMENTATION_FAULT = 128 + 11;

  private static Path clip;

  private Ffmpeg() {}

  /** Skips the test where there is no FFmpeg; fails it where {@code CI=true}. */
  public static void require() {
    if (!Files.isExecutable(PROGRAM)) {
      if ("true".equals(System.getenv("CI"))) {
        fail("no " + PROGRAM + ": apt-get install ffmpeg");
      }
      Assumptions.abort("no " + PROGRAM + ": apt-get install ffmpeg");
    }
  }

  /** Runs to the end and expects success. */
  public static void run(Path log, Duration limit, String... arguments)
      throws IOException, InterruptedException {
    int status = status(log, limit, arguments);
    if (status == SEGMENTATION_FAULT) {
      status = status(log, limit, arguments);
    }
    assertThat(status)
        .as("status of ffmpeg %s%n%s", String.join(" ", arguments), Files.readString(log))
        .isZero();
  }

  /** Runs to the end; returns its status, or {@link #TOO_LONG}. */
  private static int status(Path log, Duration limit, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(log, arguments);
    if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return process.exitValue();
    }
    process.destroyForcibly();
    return TOO_LONG;
  }

  static Process start(Path log, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(PROGRAM.toString(), "-nostdin", "-v", "warning"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  /** Sends the file to RTMP at its own speed, as it is, until it ends or is killed. */
  static Process publish(Path log, Path clip, String url) throws IOException {
    return start(log, "-re", "-i", clip.toString(), "-c", "copy", "-f", "flv", url);
  }

  /**
   * A minute of 1280x720 at 30 frames a second, 3 Mbit/s, a keyframe every 2 s, two B-frames, and
   * AAC noise, of which no two frames are alike. Made once for all tests: it costs a while.
   */
  static synchronized Path clip() throws IOException, InterruptedException {
    if (clip == null) {
      Path directory = Files.createDirectories(Path.of("target"));
      Path made = directory.resolve("clip.mp4");
      run(
          directory.resolve("clip.log"),
          Duration.ofMinutes(3),
          ("-y -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i"
               + " anoisesrc=color=pink:sample_rate=48000:seed=7 -t %d -c:v libx264 -preset"
               + " veryfast -pix_fmt yuv420p -b:v 3M -maxrate 3M -bufsize 3M -g 60 -keyint_min 60"
               + " -sc_threshold 0 -bf 2 -c:a aac -b:a 128k %s")
              .formatted(CLIP_SECONDS, made)
              .split(" "));
      clip = made.toAbsolutePath();
    }
    return clip;
  }

  /** The packets of a file or stream, read with {@code -c copy}; {@code input} with its options. */
  static PacketHashes packets(Path directory, Duration limit, String name, String... input)
      throws IOException, InterruptedException {
    Path hashes = directory.resolve(name + ".framehash");
    List<String> arguments = new ArrayList<>(List.of("-y"));
    arguments.addAll(List.of(input));
    arguments.addAll(
        List.of("-c", "copy", "-f", "framehash", "-hash", "sha256", hashes.toString()));
    run(directory.resolve(name + ".log"), limit, arguments.toArray(String[]::new));
    return PacketHashes.parse(Files.readAllLines(hashes));
  }
}
