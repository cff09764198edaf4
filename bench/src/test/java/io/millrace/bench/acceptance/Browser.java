package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Watches a page in headless Chromium with {@code web/live/watch.mjs}. */
public final class Browser {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path WEB = Path.of("..", "web").toAbsolutePath().normalize();
  private static final long START_SECONDS = 60;

  private final Process process;
  private final Path output;
  private final Path errors;
  private final long seconds;

  private Browser(Process process, Path output, Path errors, long seconds) {
    this.process = process;
    this.output = output;
    this.errors = errors;
    this.seconds = seconds;
  }

  /** Skips the test where there is no Chromium; fails it where {@code CI=true}. */
  public static void require() {
    if (!Files.isExecutable(CHROMIUM)) {
      if ("true".equals(System.getenv("CI"))) {
        fail("no " + CHROMIUM + ": apt-get install chromium");
      }
      Assumptions.abort("no " + CHROMIUM + ": apt-get install chromium");
    }
  }

  /** Opens the page, waits for the picture, and measures for so many seconds. */
  static Browser watch(Path directory, String page, long seconds) throws IOException {
    Path output = directory.resolve("browser.json");
    Path errors = directory.resolve("browser.log");
    Process process =
        new ProcessBuilder(
                List.of("node", WEB.resolve("live/watch.mjs").toString(), page, "" + seconds))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    return new Browser(process, output, errors, seconds);
  }

  /** Returns when the viewer sees the picture, or no longer will. */
  void awaitPicture() {
    await()
        .atMost(Duration.ofSeconds(START_SECONDS))
        .until(() -> Files.readString(errors).contains("playing") || !process.isAlive());
  }

  /** What the viewer got. */
  JsonNode result() throws IOException, InterruptedException {
    boolean ended = process.waitFor(seconds + START_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended && process.exitValue() == 0).as(Files.readString(errors)).isTrue();
    return JsonMapper.shared().readTree(Files.readString(output));
  }
}
