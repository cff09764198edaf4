package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.fabric.aeron.FabricConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the signal comes, the process ends with all that it started, and can start again. */
@Timeout(600)
final class StopTest {
  private static final long POLL_NS = 1_000_000;

  @TempDir private Path parent;

  private Path data;
  private Survivors survivors;

  @BeforeEach
  void chooseData() throws IOException {
    data = parent.toRealPath().resolve("data");
    survivors = new Survivors(data);
  }

  private MillraceProcess start(Map<String, String> environment, String command)
      throws IOException {
    Map<String, String> marked = new java.util.HashMap<>(environment);
    marked.put(Survivors.VARIABLE, survivors.mark());
    return Started.process(data, marked, command, "--set", "log.level=debug");
  }

  private static void await(MillraceProcess process, BooleanSupplier moment) {
    long deadlineNs = System.nanoTime() + Started.LONGEST.toNanos();
    while (!moment.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadlineNs) {
        fail("the moment never came:%n%s", process.output());
      }
      LockSupport.parkNanos(POLL_NS);
    }
  }

  private int signalled(MillraceProcess process, String signal) throws Exception {
    process.signal(signal);
    int status = process.awaitExit(Started.LONGEST);
    assertThat(survivors.find()).as(process::output).isEmpty();
    if (!process.output().contains("ending at once")) {
      Path shared = FabricConfig.directoryFor(data);
      assertThat(shared).as(process::output).doesNotExist();
      Path lock = shared.resolveSibling(shared.getFileName() + ".lock");
      // Another process that looks for what dead ones left holds each lock for a moment.
      Awaitility.await().atMost(Started.LONGEST).until(() -> Files.notExists(lock));
    }
    return status;
  }

  @Test
  void interruptEndsADemoThatIsReady() throws Exception {
    try (MillraceProcess demo = start(Map.of(), "demo")) {
      demo.awaitReady(Started.LONGEST);
      await(demo, () -> Files.exists(data.resolve("run/demo-ffmpeg.pid")));
      assertThat(survivors.find()).hasSizeGreaterThan(2);

      assertThat(signalled(demo, "INT")).as(demo::output).isZero();
      assertThat(complaints(demo)).isEmpty();
    }
  }

  /** What it says that a person would take for a failure. */
  private static List<String> complaints(MillraceProcess process) {
    return process
        .output()
        .lines()
        .filter(line -> !line.contains(" DEBUG "))
        .filter(line -> line.contains("Exception") || line.startsWith("millrace: "))
        .toList();
  }

  /** Each start finds what the one before left when it was interrupted a little earlier. */
  @Test
  void interruptEndsAFirstStartAtAnyMoment() throws Exception {
    Path cache = parent.resolve("cache");
    Map<String, String> ownCache = Map.of("XDG_CACHE_HOME", cache.toString());
    Path postgres = data.resolve("postgres");

    interrupted(ownCache, process -> Files.exists(data.resolve("lock")));
    interrupted(ownCache, process -> isBeingUnpacked(cache.resolve("millrace")));
    interrupted(ownCache, process -> Files.exists(postgres.resolve("data.partial")));
    interrupted(ownCache, process -> Files.exists(postgres.resolve("data.partial/global")));
    interrupted(ownCache, process -> Files.exists(postgres.resolve("data")));
    interrupted(ownCache, process -> Files.exists(postgres.resolve("data/postmaster.pid")));
    interrupted(ownCache, process -> process.output().contains("Postgres is ready on port"));
    interrupted(ownCache, process -> process.output().contains("No history of migrations yet"));
    interrupted(ownCache, process -> process.output().contains("Database ready"));
    interrupted(ownCache, process -> process.output().contains("delivery listens"));

    try (MillraceProcess up = start(ownCache, "up")) {
      up.awaitReady(Started.LONGEST);
      assertThat(signalled(up, "TERM")).as(up::output).isZero();
    }
  }

  private interface Moment {
    boolean isNow(MillraceProcess process) throws IOException;
  }

  private void interrupted(Map<String, String> environment, Moment moment) throws Exception {
    try (MillraceProcess up = start(environment, "up")) {
      await(
          up,
          () -> {
            try {
              // A late signal may have let the start before get past the moment.
              return moment.isNow(up) || up.output().contains("Control plane ready");
            } catch (IOException e) {
              return false;
            }
          });

      int status = signalled(up, "INT");

      boolean wasReady = up.output().contains("Millrace is ready");
      assertThat(status).as(up::output).isEqualTo(wasReady ? 0 : 130);
      assertThat(complaints(up)).isEmpty();
    }
  }

  private static boolean isBeingUnpacked(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (DirectoryStream<Path> partial = Files.newDirectoryStream(directory, "*.partial")) {
      return partial.iterator().hasNext();
    }
  }

  @Test
  void theDemosFfmpegMayBeUnpackedMeanwhile() throws Exception {
    Path cache = parent.resolve("javacpp");
    try (MillraceProcess demo = demoWith(cache)) {
      await(demo, () -> Files.isDirectory(cache));
      demo.awaitReady(Started.LONGEST);

      assertThat(signalled(demo, "TERM")).as(demo::output).isZero();
    }
    try (MillraceProcess again = demoWith(cache)) {
      await(again, () -> Files.exists(data.resolve("run/demo-ffmpeg.pid")));

      assertThat(signalled(again, "TERM")).as(again::output).isIn(0, 143);
    }
  }

  private MillraceProcess demoWith(Path cache) throws IOException {
    return MillraceProcess.start(
        data,
        List.of("-Dorg.bytedeco.javacpp.cachedir=" + cache),
        Map.of(Survivors.VARIABLE, survivors.mark()),
        MillraceProcess.freePorts("demo"));
  }

  @Test
  void whatDoesNotStopInOrderIsEndedAllTheSame() throws Exception {
    try (MillraceProcess up = start(Map.of(), "up")) {
      up.awaitReady(Started.LONGEST);
      for (ProcessHandle program : up.descendants()) {
        new ProcessBuilder("sh", "-c", "kill -STOP " + program.pid()).start().waitFor();
      }

      assertThat(signalled(up, "INT")).as(up::output).isEqualTo(1);
    }
    try (MillraceProcess again = start(Map.of(), "up")) {
      again.awaitReady(Started.LONGEST);
      assertThat(signalled(again, "INT")).as(again::output).isZero();
    }
  }
}
