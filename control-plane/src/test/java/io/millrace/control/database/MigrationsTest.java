package io.millrace.control.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class MigrationsTest {
  @Test
  void everyMigrationIsListed() throws IOException, URISyntaxException {
    URL location = Migrations.class.getResource("/" + Migrations.LOCATION);
    try (Stream<Path> files = Files.list(Path.of(location.toURI()))) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactlyElementsOf(Migrations.FILES.stream().sorted().toList());
    }
  }

  @Test
  void knowsThatFlywayHasNothingToDoByItsOwnChecksums() {
    DatabaseConfig.External config = TestDatabases.fresh();
    assertThat(Migrations.areDone(source(config))).isFalse();

    Database.open(config, 2).close();

    assertThat(Migrations.areDone(source(config))).isTrue();
    try (Database again = Database.open(config, 2)) {
      again
          .jdbi()
          .useHandle(handle -> handle.execute("update flyway_schema_history set checksum = 1"));
    }
    assertThat(Migrations.areDone(source(config))).isFalse();
  }

  private static DataSource source(DatabaseConfig.External config) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(config.url());
    source.setUser(config.user());
    source.setPassword(config.password());
    return source;
  }
}
