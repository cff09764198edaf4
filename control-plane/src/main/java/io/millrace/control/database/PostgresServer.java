package io.millrace.control.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a Postgres of our own on a directory: on loopback, with a password, and with every write
 * safe on disk before it counts. The programs come from the class path; as root they run in a user
 * namespace of its own ({@link PostgresCommand}).
 */
public final class PostgresServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
  private static final String USER = "millrace";
  private static final String OWNER_ONLY = "rw-------";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration INIT_TIMEOUT = Duration.ofMinutes(2);
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

  private final FileLock lock;
  private final Process process;
  private final int port;
  private final String password;

  private PostgresServer(FileLock lock, Process process, int port, String password) {
    this.lock = lock;
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /** Starts it, and makes the database first where there is none; returns when it answers. */
  public static PostgresServer start(DatabaseConfig.Embedded config) {
    FileLock lock = null;
    try {
      Path directory = config.directory().toAbsolutePath();
      Files.createDirectories(directory);
      lock = lock(directory);
      Path programs = PostgresPrograms.in(config.programs().toAbsolutePath());
      Path data = data(directory);
      Postmaster.stopLeftover(data);
      if (!Files.isDirectory(data)) {
        initialise(programs, directory, data);
      }
      String password = Files.readString(passwordFile(directory)).strip();
      return launch(lock, programs, directory, data, password);
    } catch (IOException e) {
      release(lock);
      throw new DatabaseException(
          "Postgres cannot be started on %s: %s".formatted(config.directory(), e.getMessage()), e);
    } catch (InterruptedException e) {
      release(lock);
      Thread.currentThread().interrupt();
      throw new DatabaseException("Interrupted while Postgres was starting", e);
    } catch (DatabaseException e) {
      release(lock);
      throw e;
    }
  }

  /** Where Postgres' own files are; there only when they are whole. */
  static Path data(Path directory) {
    return directory.resolve("data");
  }

  static Path passwordFile(Path directory) {
    return directory.resolve("password");
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  String user() {
    return USER;
  }

  String password() {
    return password;
  }

  /** The process number of Postgres, for messages and tests. */
  public long pid() {
    return process.pid();
  }

  /** Leaves Postgres running with nobody to stop it, as the death of this process would. */
  void releaseLockOnly() {
    release(lock);
  }

  @Override
  public void close() {
    stop(process);
    release(lock);
  }

  /** Stops Postgres whether or not this thread was told to hurry: nobody else would. */
  private static void stop(Process process) {
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

  private static FileLock lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      log.debug("Locked by this very process", e);
    }
    if (lock == null) {
      channel.close();
      throw new DatabaseException(
          "The database in %s is in use by another Millrace".formatted(directory));
    }
    return lock;
  }

  private static void release(@Nullable FileLock lock) {
    if (lock != null) {
      try {
        lock.acquiredBy().close();
      } catch (IOException e) {
        log.warn("The database's lock cannot be released", e);
      }
    }
  }

  /** Makes the database aside and gives it its name when it is whole. */
  private static void initialise(Path programs, Path directory, Path data)
      throws IOException, InterruptedException {
    log.info("Making a database in {}", data);
    Path partial = directory.resolve("data.partial");
    PostgresPrograms.deleteTree(partial);
    Path passwordFile = passwordFile(directory);
    Files.deleteIfExists(passwordFile);
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
    Files.writeString(passwordFile, randomPassword() + "\n");
    Path output = directory.resolve("initdb.log");
    Process initdb =
        PostgresCommand.of(
                programs,
                "initdb",
                List.of(
                    "-D",
                    partial.toString(),
                    "-U",
                    USER,
                    "-A",
                    "scram-sha-256",
                    "--pwfile=" + passwordFile,
                    "-E",
                    "UTF8",
                    "--no-locale",
                    "--no-instructions"))
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!initdb.waitFor(INIT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new DatabaseException("initdb did not end within " + INIT_TIMEOUT);
      }
    } finally {
      Postmaster.kill(initdb.toHandle()); // it may have been interrupted
    }
    if (initdb.exitValue() != 0) {
      throw new DatabaseException("The database cannot be made: " + tail(output));
    }
    Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
  }

  private static PostgresServer launch(
      FileLock lock, Path programs, Path directory, Path data, String password)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> arguments = new ArrayList<>(List.of("-D", data.toString(), "-p", "" + port));
    for (String setting : SETTINGS) {
      arguments.add("-c");
      arguments.add(setting);
    }
    Path output = directory.resolve("postgres.log");
    if (Files.exists(output) && Files.size(output) > MOST_LOG_BYTES) {
      Files.move(output, directory.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    Process process =
        PostgresCommand.of(programs, "postgres", arguments)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    try {
      awaitReady(process, data, output);
    } catch (IOException | InterruptedException | RuntimeException e) {
      stop(process);
      throw e;
    }
    log.debug("Postgres is ready on port {} as process {}", port, process.pid());
    return new PostgresServer(lock, process, port, password);
  }

  private static void awaitReady(Process process, Path data, Path output)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!Postmaster.isReady(data, process.pid())) {
      if (!process.isAlive()) {
        throw new DatabaseException("Postgres ended as it started: " + tail(output));
      }
      if (System.nanoTime() - deadlineNs > 0) {
        throw new DatabaseException("Postgres was not ready within " + START_TIMEOUT);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static String randomPassword() {
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private static String tail(Path output) {
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
