package io.millrace.server.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Finds what a process left running, orphans too: by a mark in the environment that it was started
 * with, or by the data that it works on, for Postgres writes over its environment.
 */
final class Survivors {
  static final String VARIABLE = "STARTED_BY_TEST";

  private final String mark = UUID.randomUUID().toString();
  private final Path data;

  Survivors(Path data) {
    this.data = data;
  }

  /** What {@link #VARIABLE} has to be. */
  String mark() {
    return mark;
  }

  List<String> find() {
    return ProcessHandle.allProcesses()
        .filter(process -> isOurs(Path.of("/proc", Long.toString(process.pid()))))
        .map(process -> process.pid() + " " + process.info().commandLine().orElse("?"))
        .toList();
  }

  private boolean isOurs(Path process) {
    return read(process.resolve("environ")).contains(mark)
        || read(process.resolve("cmdline")).contains(data.toString())
        || directory(process).startsWith(data);
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended meanwhile, or is another user's
    }
  }

  private static Path directory(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd"));
    } catch (IOException e) {
      return Path.of("/");
    }
  }
}
