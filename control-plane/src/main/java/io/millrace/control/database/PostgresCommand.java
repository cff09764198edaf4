package io.millrace.control.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the command together with which a program of Postgres' runs here: out of reach of the
 * terminal's Ctrl-C, which would stop it before us, and never as root, which Postgres refuses to
 * be.
 */
final class PostgresCommand {
  private PostgresCommand() {}

  /** The program {@code name} among {@code programs}, its errors where its output goes. */
  static ProcessBuilder of(Path programs, String name, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (isOnPath("setsid")) {
      command.add("setsid");
    }
    if (isRoot()) {
      if (!isOnPath("unshare")) {
        throw new DatabaseException(
            "Postgres does not run as root and there is no unshare: start Millrace as another user,"
                + " or set control.database.url");
      }
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(programs.resolve("bin").resolve(name).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String directory : path.split(":", -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
