package io.millrace.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  void keepsDataFromStartToStartAndStopsWhatAKilledRunLeft() throws Exception {
    DatabaseConfig.Embedded config = DatabaseConfig.Embedded.in(directory.resolve("postgres"));
    assertThat(DatabaseFiles.of(config)).isEqualTo(new DatabaseFiles.None());
    try (Database first = Database.open(config, 2)) {
      first.jdbi().useHandle(handle -> handle.execute("create table kept (number int)"));
      first.jdbi().useHandle(handle -> handle.execute("insert into kept values (7)"));
      assertThat(one(first, "show fsync")).isEqualTo("on");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("postgres/password"))))
        .isEqualTo("rw-------");

    assertThat(DatabaseFiles.of(config)).isEqualTo(new DatabaseFiles.Stopped("18", true));

    // What a SIGKILL of the whole program leaves: Postgres running, and nobody who holds the lock.
    PostgresServer leftover = PostgresServer.start(config);
    leftover.releaseLockOnly();
    assertThat(DatabaseFiles.of(config)).isEqualTo(new DatabaseFiles.Running("18", leftover.pid()));
    ProcessHandle old = ProcessHandle.of(leftover.pid()).orElseThrow();

    try (Database later = Database.open(config, 2)) {
      assertThat(old.onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
      assertThat(later.serverPid()).isPresent().get().isNotEqualTo(leftover.pid());
      assertThat(one(later, "select number from kept")).isEqualTo("7");
      assertThatThrownBy(() -> PostgresServer.start(config))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("in use by another Millrace");
    }
  }

  @Test
  void startThatIsInterruptedLeavesNoProgramAndTheNextOneWorks() throws Exception {
    DatabaseConfig.Embedded config = DatabaseConfig.Embedded.in(directory.resolve("postgres"));
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Thread starter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    PostgresServer.start(config).close();
                  } catch (DatabaseException e) {
                    thrown.set(e);
                  }
                });
    Path begun = directory.resolve("postgres/data.partial/global");
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(begun));

    starter.interrupt();
    starter.join();

    assertThat(thrown.get()).hasMessageContaining("Interrupted");
    await().until(() -> programsOn(directory).isEmpty());
    try (Database next = Database.open(config, 2)) {
      assertThat(one(next, "select 7")).isEqualTo("7");
    }
  }

  @Test
  void postgresThatWasKilledIsStartedAgainAtTheSameAddressAndKeepsItsData() throws Exception {
    DatabaseConfig.Embedded config = DatabaseConfig.Embedded.in(directory.resolve("postgres"));
    try (Database database = Database.open(config, 2)) {
      database.jdbi().useHandle(handle -> handle.execute("create table kept (number int)"));
      database.jdbi().useHandle(handle -> handle.execute("insert into kept values (7)"));
      for (int time = 0; time < 2; time++) {
        long killed = database.serverPid().orElseThrow();

        kill(killed);

        await()
            .atMost(SOON)
            .ignoreExceptions()
            .until(() -> one(database, "select number from kept").equals("7"));
        assertThat(database.serverPid().orElseThrow()).isNotEqualTo(killed);
        await().atMost(SOON).until(() -> database.trouble().isEmpty());
      }
    }
    assertThat(programsOn(directory)).isEmpty();
  }

  @Test
  void postgresThatCannotBeStartedIsTriedAgainUntilItCan() throws Exception {
    DatabaseConfig.Embedded config = DatabaseConfig.Embedded.in(directory.resolve("postgres"));
    Path data = directory.resolve("postgres/data");
    Path aside = directory.resolve("postgres/aside");
    Path output = directory.resolve("postgres/postgres.log");
    try (Database database = Database.open(config, 2)) {
      Files.move(data, aside);
      kill(database.serverPid().orElseThrow());

      await()
          .atMost(SOON)
          .until(() -> Files.readString(output).contains("could not access directory"));
      assertThat(database.trouble()).hasValueSatisfying(why -> assertThat(why).contains("ended"));
      Files.move(aside, data);

      await().atMost(SOON).until(() -> database.trouble().isEmpty());
    }
    assertThat(programsOn(directory)).isEmpty();
  }

  @Test
  void postgresThatEndsAsItIsStoppedStaysEnded() throws Exception {
    DatabaseConfig.Embedded config = DatabaseConfig.Embedded.in(directory.resolve("postgres"));
    for (int time = 0; time < 4; time++) {
      PostgresServer server = PostgresServer.start(config);
      long first = server.pid();
      kill(first);
      if (time > 1) { // it is being started, or has been
        Path mark = Postmaster.pidFile(PostgresServer.data(directory.resolve("postgres")));
        await()
            .atMost(SOON)
            .ignoreExceptions()
            .until(() -> !Files.readString(mark).startsWith(first + "\n"));
      }

      server.close();

      await().atMost(SOON).until(() -> programsOn(directory).isEmpty());
    }
    assertThatCode(() -> PostgresServer.start(config).close()).doesNotThrowAnyException();
  }

  private static void kill(long pid) throws Exception {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private static List<String> programsOn(Path directory) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(directory.toString()))
        .toList();
  }

  @Test
  void processNumberThatSomeoneElseHasNowIsNotTouched() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Path pidFile = data.resolve("postmaster.pid");
      Files.writeString(pidFile, other.pid() + "\n" + data + "\n");

      Postmaster.stopLeftover(data);

      assertThat(other.isAlive()).isTrue();
      assertThat(pidFile).doesNotExist();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void databaseThatDoesNotAnswerIsNamedWithoutItsPassword() {
    DatabaseConfig config =
        new DatabaseConfig.External("jdbc:postgresql://127.0.0.1:1/none", "someone", "s3cret");

    assertThatThrownBy(() -> Database.open(config, 1))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("control.database.url")
        .hasMessageNotContaining("s3cret");
  }

  private static String one(Database database, String query) {
    return database
        .jdbi()
        .withHandle(handle -> handle.createQuery(query).mapTo(String.class).one());
  }
}
