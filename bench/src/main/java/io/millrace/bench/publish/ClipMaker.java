package io.millrace.bench.publish;

import io.millrace.server.demo.FfmpegProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Encodes the clips that the benchmarks publish: 30 frames a second, a keyframe every 2 s. */
public final class ClipMaker {
  /** Whole AAC frames as well as whole GOPs: 375 of 1024 samples at 48 kHz, 4 of 60 frames. */
  private static final int SECONDS = 8;

  /** The name of the file that the clip is encoded into. */
  public static final String FILE = "clip.flv";

  private ClipMaker() {}

  /** 1280x720, 3 Mbit/s; encoded into {@code directory} with the bundled FFmpeg. */
  public static Clip make(Path directory) throws IOException, InterruptedException {
    return make(directory.resolve(FILE), "1280x720", "3M");
  }

  /** The same frames, but 640x360 and 1 Mbit/s. */
  public static Clip makeSmall(Path directory) throws IOException, InterruptedException {
    return make(directory.resolve("small.flv"), "640x360", "1M");
  }

  private static Clip make(Path flv, String size, String bitRate)
      throws IOException, InterruptedException {
    FfmpegProgram program = FfmpegProgram.find();
    Path log = flv.resolveSibling(flv.getFileName() + ".log");
    List<String> command = new ArrayList<>(List.of(program.command()));
    command.addAll(
        List.of(
            ("-nostdin -v error -y -f lavfi -i testsrc2=size=%s:rate=30 -f lavfi -i"
                 + " anoisesrc=color=pink:sample_rate=48000:seed=7 -t %d -c:v %s -pix_fmt yuv420p"
                 + " -b:v %s -maxrate %s -g 60 -c:a aac -b:a 128k %s")
                .formatted(size, SECONDS + 1, program.encoder(), bitRate, bitRate, flv)
                .split(" ")));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException("the clip could not be encoded: " + Files.readString(log));
    }
    return Clip.read(flv, SECONDS * 1000L);
  }
}
