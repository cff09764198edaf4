package io.millrace.bench.command;

import io.millrace.bench.process.Descendants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A directory of its own for one run; its logs stay where the run failed. A run that is stopped by
 * a signal ends what it has started and leaves nothing: a signal runs no {@code finally}.
 */
final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private final Thread stop = new Thread(this::stop, "stop-bench");
  private boolean succeeded;
  private volatile boolean keptWhenStopped;
  private volatile boolean stopping;

  WorkDirectory() throws IOException {
    path = Files.createTempDirectory("millrace-bench-");
    Runtime.getRuntime().addShutdownHook(stop);
  }

  Path path() {
    return path;
  }

  void succeeded() {
    succeeded = true;
  }

  /** A run that is stopped leaves what it has found. */
  void keepWhenStopped() {
    keptWhenStopped = true;
  }

  @Override
  public void close() throws IOException {
    if (stopping) {
      // What went wrong since then went wrong for that, and is not worth telling.
      await(new CountDownLatch(1));
    }
    Runtime.getRuntime().removeShutdownHook(stop);
    if (succeeded) {
      delete();
    } else {
      System.err.println("the processes' logs are in " + path);
    }
  }

  private static void await(CountDownLatch theEnd) {
    try {
      theEnd.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    stopping = true;
    Descendants.end();
    try {
      if (keptWhenStopped) {
        System.err.println("what there is lies in " + path);
      } else {
        delete();
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println(path + " stays: " + e);
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }
}
