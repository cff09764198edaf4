package io.millrace.control.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Says how the files of a Postgres of our own are. Looking starts, changes and locks nothing. */
public sealed interface DatabaseFiles {
  /** There are none: the next start makes them. */
  record None() implements DatabaseFiles {}

  /** No start can use them. */
  record Unusable(String reason) implements DatabaseFiles {}

  /**
   * Nothing runs on them.
   *
   * @param version Postgres' major version
   * @param inOrder false where Postgres was killed, and recovers at its next start
   */
  record Stopped(String version, boolean inOrder) implements DatabaseFiles {}

  /**
   * A Postgres runs on them.
   *
   * @param version Postgres' major version
   * @param pid its main process
   */
  record Running(String version, long pid) implements DatabaseFiles {}

  /** Looks at them. */
  static DatabaseFiles of(DatabaseConfig.Embedded config) {
    Path data = PostgresServer.data(config.directory());
    if (!Files.exists(data)) {
      return new None();
    }
    try {
      String version = Files.readString(data.resolve("PG_VERSION")).strip();
      if (!version.equals(PostgresPrograms.MAJOR_VERSION)) {
        return new Unusable(
            "%s is of Postgres %s (expected: %s)"
                .formatted(data, version, PostgresPrograms.MAJOR_VERSION));
      }
      Files.readString(PostgresServer.passwordFile(config.directory()));
      Optional<ProcessHandle> process = Postmaster.running(data);
      return process.isPresent()
          ? new Running(version, process.get().pid())
          : new Stopped(version, !Files.exists(Postmaster.pidFile(data)));
    } catch (NoSuchFileException e) {
      return new Unusable(e.getMessage() + " is missing");
    } catch (IOException e) {
      return new Unusable("%s cannot be read: %s".formatted(data, e));
    }
  }
}
