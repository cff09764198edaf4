package io.millrace.server.demo;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An FFmpeg program that runs here and has an H.264 encoder.
 *
 * @param command how to start it
 * @param encoder name of the encoder
 */
public record FfmpegProgram(String command, String encoder) {
  private static final Logger log = LoggerFactory.getLogger(FfmpegProgram.class);
  private static final List<String> ENCODERS = List.of("libopenh264", "libx264");

  /**
   * Finds the bundled program, unpacking it on the first call of a user; where it does not run (it
   * needs a few of the system's libraries), the one of the system.
   */
  public static FfmpegProgram find() {
    String reason;
    try {
      String bundled = Path.of(Loader.load(ffmpeg.class)).toString();
      Probe probe = probe(bundled);
      if (probe.encoder().isPresent()) {
        return new FfmpegProgram(bundled, probe.encoder().get());
      }
      reason = probe.lastLine();
    } catch (UnsatisfiedLinkError e) {
      reason = "there is none for this platform";
    }
    Optional<String> system = probe("ffmpeg").encoder();
    if (system.isPresent()) {
      log.info("the bundled ffmpeg does not run here ({}): using the system's", reason);
      return new FfmpegProgram("ffmpeg", system.get());
    }
    throw new ServerException(
        "the bundled ffmpeg does not run here (%s) and no other was found: install ffmpeg"
            .formatted(reason));
  }

  private record Probe(Optional<String> encoder, String lastLine) {}

  private static Probe probe(String command) {
    if (Thread.currentThread().isInterrupted()) {
      return new Probe(Optional.empty(), "interrupted");
    }
    try {
      Process process =
          new ProcessBuilder(command, "-hide_banner", "-encoders")
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      String lastLine = output.substring(output.lastIndexOf('\n') + 1);
      boolean ran = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
      return new Probe(
          ENCODERS.stream().filter(name -> ran && output.contains(" " + name + " ")).findFirst(),
          lastLine);
    } catch (IOException e) {
      return new Probe(Optional.empty(), String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Probe(Optional.empty(), "interrupted");
    }
  }

  /** Matroska from standard input, H.264 and AAC by RTMP to the address; no frame waits. */
  List<String> arguments(int keyframeInterval, String rtmpUrl) {
    List<String> input =
        List.of(
            "-hide_banner",
            "-loglevel",
            "warning",
            "-nostats",
            "-fflags",
            "+nobuffer",
            "-probesize",
            "32",
            "-analyzeduration",
            "0",
            "-threads",
            "1",
            "-f",
            "matroska",
            "-i",
            "pipe:0",
            "-fps_mode",
            "passthrough");
    List<String> video =
        switch (encoder) {
          case "libx264" ->
              List.of("-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency");
          default -> List.of("-c:v", encoder, "-profile:v", "high", "-slices", "1");
        };
    List<String> rest =
        List.of(
            "-threads",
            "1",
            "-b:v",
            "2500k",
            "-maxrate",
            "3000k",
            "-bufsize",
            "3000k",
            "-g",
            String.valueOf(keyframeInterval),
            "-pix_fmt",
            "yuv420p",
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            "-color_range",
            "tv",
            "-c:a",
            "aac",
            "-b:a",
            "96k",
            "-f",
            "flv",
            "-flvflags",
            "no_duration_filesize",
            "-flush_packets",
            "1",
            rtmpUrl);
    return java.util.stream.Stream.of(List.of(command), input, video, rest)
        .flatMap(List::stream)
        .toList();
  }
}
