package io.millrace.bench.player;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has one player play a channel in a browser of its own.
 *
 * @param seconds of the first stretch that is measured
 * @param settle seconds before it
 * @param back how far it goes back afterwards, seconds; 0: not at all
 * @param restart how long it watches a restart of the publisher, seconds; 0: there is none
 */
public record PlayerRun(int seconds, int settle, int back, int restart) {
  /** Hears what the player does, while it does it. */
  public interface Listener {
    /** The first stretch begins. */
    void onMeasuring() throws IOException, InterruptedException;

    /** The publisher is to go and to come back now. */
    void onRestart() throws IOException, InterruptedException;

    /** Hears and does nothing. */
    Listener NONE =
        new Listener() {
          @Override
          public void onMeasuring() {}

          @Override
          public void onRestart() {}
        };
  }

  private static final String STAGE = "stage: ";

  /** To start, to go back and to return, to measure after that and after the restart. */
  private static final int REST_SECONDS = 150;

  /** Waits until it has played, or does not. */
  public PlayerResult play(
      BrowserTools tools, Player player, URI address, Path directory, Listener listener)
      throws IOException, InterruptedException {
    Path output = directory.resolve(player.name() + ".json");
    Process process = tools.start("play.mjs", arguments(player, address), output);
    List<String> told = new ArrayList<>();
    CompletableFuture<Void> listening =
        CompletableFuture.runAsync(
            () -> listen(process, told, listener),
            task -> Thread.ofVirtual().name("player").start(task));
    Duration limit = Duration.ofSeconds((long) seconds + settle + back + restart + REST_SECONDS);
    try {
      boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        return PlayerResult.failed("was not done after " + limit.toSeconds() + " s");
      }
      listening.join();
    } catch (CompletionException e) {
      throw new IOException(player + ": " + e.getMessage(), e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String json = Files.readString(output);
    return json.isBlank()
        ? PlayerResult.failed(String.join(" ", told))
        : new PlayerResult(JsonMapper.shared().readTree(json));
  }

  private List<String> arguments(Player player, URI address) {
    List<String> arguments = new ArrayList<>(List.of(address.toString(), player.script()));
    for (int each : new int[] {seconds, settle, back, restart}) {
      arguments.add(Integer.toString(each));
    }
    return arguments;
  }

  private static void listen(Process process, List<String> told, Listener listener) {
    try (BufferedReader reader = process.errorReader()) {
      for (String line; (line = reader.readLine()) != null; ) {
        switch (line) {
          case STAGE + "measuring" -> listener.onMeasuring();
          case STAGE + "restart" -> listener.onRestart();
          default -> told.add(line.strip());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
