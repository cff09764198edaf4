package io.millrace.control.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Postgres' process on a database that has been made, as often as it is asked to, at the
 * same address each time. Blocking.
 *
 * @param directory where data, password and logs are
 */
record PostgresLaunch(Path programs, Path directory, int port) {
  private static final Logger log = LoggerFactory.getLogger(PostgresLaunch.class);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final long MOST_LOG_BYTES = 8 * 1024 * 1024;
  private static final int LOG_LINES_SHOWN = 12;

  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=127.0.0.1",
          "unix_socket_directories=",
          "max_connections=40",
          "shared_buffers=32MB",
          // In the data directory, not in /dev/shm, where a killed one would leave it for ever.
          "dynamic_shared_memory_type=mmap",
          "huge_pages=off",
          "io_method=sync",
          "wal_level=minimal",
          "max_wal_senders=0",
          "max_wal_size=256MB",
          "max_worker_processes=2",
          "max_parallel_workers=0",
          "max_logical_replication_workers=0",
          "jit=off",
          "log_checkpoints=off",
          "autovacuum_naptime=5min");

  /** Where Postgres tells what it does. */
  Path output() {
    return directory.resolve("postgres.log");
  }

  /** Stops what was left on the data, and returns when the new process answers. */
  Process start() throws IOException, InterruptedException {
    Path data = PostgresServer.data(directory);
    Postmaster.stopLeftover(data);
    List<String> arguments = new ArrayList<>(List.of("-D", data.toString(), "-p", "" + port));
    for (String setting : SETTINGS) {
      arguments.add("-c");
      arguments.add(setting);
    }
    if (Files.exists(output()) && Files.size(output()) > MOST_LOG_BYTES) {
      Files.move(
          output(), directory.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    Process process =
        PostgresCommand.of(programs, "postgres", arguments)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
            .start();
    try {
      awaitReady(process, data);
    } catch (IOException | InterruptedException | RuntimeException e) {
      stop(process);
      throw e;
    }
    log.debug("Postgres is ready on port {} as process {}", port, process.pid());
    return process;
  }

  /** Stops Postgres whether or not this thread was told to hurry: nobody else would. */
  static void stop(Process process) {
    boolean interrupted = Thread.interrupted();
    try {
      Postmaster.stop(process.toHandle());
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitReady(Process process, Path data) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!Postmaster.isReady(data, process.pid())) {
      if (!process.isAlive()) {
        throw new DatabaseException("Postgres ended as it started: " + tail(output()));
      }
      if (System.nanoTime() - deadlineNs > 0) {
        throw new DatabaseException("Postgres was not ready within " + START_TIMEOUT);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** The last that a program of Postgres' has told. */
  static String tail(Path output) {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join(
          " | ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (NoSuchFileException e) {
      return "it said nothing";
    } catch (IOException e) {
      return "see " + output;
    }
  }
}
