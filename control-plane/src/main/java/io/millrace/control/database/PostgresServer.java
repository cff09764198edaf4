package io.millrace.control.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a Postgres of our own on a directory: on loopback, with a password, and with every write
 * safe on disk before it counts. Where it ends by itself it is started again at the same address,
 * by a thread of its own. The programs come from the class path; as root they run in a user
 * namespace of its own ({@link PostgresCommand}).
 */
public final class PostgresServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
  private static final String USER = "millrace";
  private static final String OWNER_ONLY = "rw-------";
  private static final Duration INIT_TIMEOUT = Duration.ofMinutes(2);
  private static final long FIRST_PAUSE_MS = 250;
  private static final long MOST_PAUSE_MS = 30_000;
  private static final Duration SETTLED_AFTER = Duration.ofMinutes(1);

  private final FileLock lock;
  private final PostgresLaunch launch;
  private final String password;
  private final Thread watch;
  private volatile Process process;
  private volatile boolean closing;

  private PostgresServer(FileLock lock, PostgresLaunch launch, Process process, String password) {
    this.lock = lock;
    this.launch = launch;
    this.process = process;
    this.password = password;
    this.watch = Thread.ofPlatform().name("control-postgres").daemon().unstarted(this::watch);
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
      if (!Files.isDirectory(data)) {
        initialise(programs, directory, data);
      }
      String password = Files.readString(passwordFile(directory)).strip();
      PostgresLaunch launch = new PostgresLaunch(programs, directory, freePort());
      PostgresServer server = new PostgresServer(lock, launch, launch.start(), password);
      server.watch.start();
      return server;
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
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(launch.port());
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

  /** Whether it runs; for a while it does not where it ended by itself. */
  boolean isRunning() {
    return process.isAlive();
  }

  private void watch() {
    try {
      keepRunning();
    } catch (InterruptedException e) {
      log.debug("Postgres is no longer watched");
    } catch (RuntimeException e) { // the top of the thread
      log.error("Postgres is not started again when it ends: nobody watches it any more", e);
    }
  }

  private void keepRunning() throws InterruptedException {
    long pauseMs = FIRST_PAUSE_MS;
    while (true) {
      long sinceNs = System.nanoTime();
      int status = process.waitFor();
      if (System.nanoTime() - sinceNs > SETTLED_AFTER.toNanos()) {
        pauseMs = FIRST_PAUSE_MS;
      }
      // Where this process is made to end at once, it has, before anything wrong is said of that.
      TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MS);
      if (closing) {
        return;
      }
      log.error(
          "Postgres (process {}) ended by itself with status {}: starting it again; its log is {}",
          process.pid(),
          status,
          launch.output());
      TimeUnit.MILLISECONDS.sleep(pauseMs - FIRST_PAUSE_MS);
      pauseMs = nextPauseMs(pauseMs);
      while (!isStartedAgain(pauseMs)) {
        TimeUnit.MILLISECONDS.sleep(pauseMs);
        pauseMs = nextPauseMs(pauseMs);
      }
    }
  }

  private static long nextPauseMs(long pauseMs) {
    return Math.min(2 * pauseMs, MOST_PAUSE_MS);
  }

  /** Where it is not, the next attempt is {@code nextMs} away. */
  private boolean isStartedAgain(long nextMs) throws InterruptedException {
    try {
      process = launch.start();
      log.info("Postgres runs again, as process {}", process.pid());
      return true;
    } catch (IOException | DatabaseException e) {
      log.error("Postgres does not start, trying again in {} ms: {}", nextMs, e.getMessage());
      return false;
    }
  }

  /**
   * Says that its end is no news from now on, and that it stays ended. Returns when nothing of it
   * is being started any more, also where this thread was told to hurry.
   */
  void stopWatching() {
    closing = true;
    watch.interrupt();
    boolean interrupted = Thread.interrupted();
    while (watch.isAlive()) {
      try {
        watch.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves Postgres running with nobody to stop it, as the death of this process would. */
  void releaseLockOnly() {
    stopWatching();
    release(lock);
  }

  @Override
  public void close() {
    stopWatching();
    PostgresLaunch.stop(process);
    release(lock);
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
      throw new DatabaseException("The database cannot be made: " + PostgresLaunch.tail(output));
    }
    Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
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
}
