package io.millrace.bench.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory of its own for one run; its logs stay where the run failed. */
final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private boolean succeeded;

  WorkDirectory() throws IOException {
    path = Files.createTempDirectory("millrace-bench-");
  }

  Path path() {
    return path;
  }

  void succeeded() {
    succeeded = true;
  }

  @Override
  public void close() throws IOException {
    if (!succeeded) {
      System.err.println("the processes' logs are in " + path);
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }
}
