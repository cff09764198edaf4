package io.millrace.bench.process;

import io.millrace.bench.machine.ProcessCpu;
import io.millrace.server.demo.FfmpegProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * FFmpeg processes, each of which reads a file in a loop at its pace and packages it as HLS with
 * fMP4, segments of 2 s in a window of 60 s.
 */
public final class FfmpegPackagers implements AutoCloseable {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  private final List<Process> processes = new ArrayList<>();

  private FfmpegPackagers() {}

  /** Starts {@code count} of them; each writes below {@code directory}. */
  public static FfmpegPackagers start(Path input, Path directory, int count) throws IOException {
    FfmpegPackagers packagers = new FfmpegPackagers();
    String program = FfmpegProgram.find().command();
    try {
      for (int i = 0; i < count; i++) {
        Path out = Files.createDirectories(directory.resolve("ffmpeg-" + i));
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(
            List.of(
                ("-nostdin -v error -y -re -stream_loop -1 -i %s -c copy -f hls -hls_time 2"
                        + " -hls_list_size 30 -hls_flags delete_segments -hls_segment_type fmp4"
                        + " index.m3u8")
                    .formatted(input)
                    .split(" ")));
        packagers.processes.add(
            new ProcessBuilder(command)
                .directory(out.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.resolve("log").toFile())
                .start());
      }
      return packagers;
    } catch (IOException | RuntimeException e) {
      packagers.close();
      throw e;
    }
  }

  /** Processor time that all have used. Throws where one has ended. */
  public Duration cpu() throws IOException {
    Duration sum = Duration.ZERO;
    for (Process process : processes) {
      if (!process.isAlive()) {
        throw new IOException("ffmpeg ended with " + process.exitValue());
      }
      sum = sum.plus(ProcessCpu.of(process.pid()));
    }
    return sum;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    try {
      for (Process process : processes) {
        if (!process.waitFor(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
