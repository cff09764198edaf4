package io.millrace.bench.player;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the programs of {@code web/live}, which play in headless Chromium. */
public final class BrowserTools {
  private static final String CHROMIUM = "CHROMIUM";
  private static final String DEFAULT_CHROMIUM = "/usr/bin/chromium";
  private static final int ANSWER_WITHIN_S = 60;

  private final Path clone;

  private BrowserTools(Path clone) {
    this.clone = clone;
  }

  /**
   * Looks for what they need to have these players play.
   *
   * @throws ServerException that names what is missing and how it is had
   */
  public static BrowserTools find(List<Player> players) throws InterruptedException {
    return find(players, System.getenv());
  }

  static BrowserTools find(List<Player> players, Map<String, String> environment)
      throws InterruptedException {
    Path clone = builtIn();
    need(runs("node", "--version"), "node does not run here: install Node 20.19 or newer");
    String chromium = environment.getOrDefault(CHROMIUM, DEFAULT_CHROMIUM);
    need(
        Files.isExecutable(Path.of(chromium)),
        "no browser at %s: apt-get install chromium, or name one in CHROMIUM".formatted(chromium));
    needInstalled(clone, "web", "playwright-core");
    for (Player player : players) {
      needInstalled(clone, player.npmDirectory(), player.npmPackage());
    }
    return new BrowserTools(clone);
  }

  /** The clone that this program was built in. */
  private static Path builtIn() {
    try {
      Path built =
          Path.of(BrowserTools.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      // bench/target/bench-VERSION.jar, or bench/target/classes
      Path clone = built.resolve("../../..").normalize();
      need(
          Files.exists(clone.resolve("web/live/play.mjs")),
          "web/live/play.mjs is not in %s: run ./millrace of a clone".formatted(clone));
      return clone;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void needInstalled(Path clone, String directory, String name) {
    need(
        Files.isDirectory(clone.resolve(directory).resolve("node_modules").resolve(name)),
        "%s is not installed: npm ci --prefix %s".formatted(name, directory));
  }

  private static void need(boolean there, String otherwise) {
    if (!there) {
      throw new ServerException(otherwise);
    }
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The clone's root. */
  public Path root() {
    return clone;
  }

  /** Starts a program of {@code web/live}; its output goes to a file. */
  Process start(String program, List<String> arguments, Path output) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("node", clone.resolve("web/live").resolve(program).toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    return process;
  }

  /** Whether the browser takes media of that type, such as {@code audio/mp4; codecs="opus"}. */
  public boolean takes(String type, Path directory) throws IOException, InterruptedException {
    Path output = directory.resolve("types.json");
    Process process = start("types.mjs", List.of(type), output);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("the browser did not say whether it takes " + type + ": " + errors);
    }
    JsonNode answer = JsonMapper.shared().readTree(Files.readString(output));
    return answer.path(type).asBoolean();
  }
}
