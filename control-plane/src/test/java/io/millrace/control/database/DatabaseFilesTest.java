package io.millrace.control.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as Postgres leaves them; with a real one {@link PostgresServerTest} looks at them. */
class DatabaseFilesTest {
  private static final long NOBODY = Integer.MAX_VALUE;

  @TempDir private Path directory;

  @BeforeEach
  void files() throws IOException {
    Files.createDirectory(directory.resolve("data"));
    Files.writeString(directory.resolve("data/PG_VERSION"), "18\n");
    Files.writeString(directory.resolve("password"), "secret\n");
  }

  @Test
  void thoseOfAKilledPostgresAreSaidToBeSo() throws IOException {
    assertThat(files(directory)).isEqualTo(new DatabaseFiles.Stopped("18", true));

    Files.writeString(directory.resolve("data/postmaster.pid"), NOBODY + "\n");

    assertThat(files(directory)).isEqualTo(new DatabaseFiles.Stopped("18", false));
  }

  @Test
  void aProcessThatHasTheNumberNowIsNotPostgres() throws IOException {
    Files.writeString(
        directory.resolve("data/postmaster.pid"), ProcessHandle.current().pid() + "\n");

    assertThat(files(directory)).isEqualTo(new DatabaseFiles.Stopped("18", false));
  }

  @Test
  void namesWhatMakesThemUnusable() throws IOException {
    Files.writeString(directory.resolve("data/PG_VERSION"), "12\n");
    assertThat(reason()).contains("data is of Postgres 12 (expected: 18)");

    Files.delete(directory.resolve("data/PG_VERSION"));
    assertThat(reason()).contains("PG_VERSION is missing");

    Files.createDirectory(directory.resolve("data/PG_VERSION"));
    assertThat(reason()).contains("data cannot be read");
  }

  @Test
  void aDatabaseWithoutItsPasswordIsUnusable() throws IOException {
    Files.delete(directory.resolve("password"));

    assertThat(reason()).contains("password is missing");
  }

  private String reason() {
    return ((DatabaseFiles.Unusable) files(directory)).reason();
  }

  private static DatabaseFiles files(Path directory) {
    return DatabaseFiles.of(DatabaseConfig.Embedded.in(directory));
  }
}
