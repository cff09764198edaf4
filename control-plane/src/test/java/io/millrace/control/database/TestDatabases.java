package io.millrace.control.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One Postgres for a whole test run, a fresh database in it for whoever asks. */
public final class TestDatabases {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabases() {}

  private static final class Server {
    static final PostgresServer INSTANCE = start();

    private static PostgresServer start() {
      try {
        Path directory = Files.createTempDirectory("millrace-test-postgres");
        PostgresServer server = PostgresServer.start(DatabaseConfig.Embedded.in(directory));
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      server.close();
                      delete(directory);
                    }));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException("No directory for the test's Postgres", e);
      }
    }

    private static void delete(Path directory) {
      try {
        PostgresPrograms.deleteTree(directory);
      } catch (IOException e) {
        throw new UncheckedIOException("The test's Postgres is not removed", e);
      }
    }
  }

  public static DatabaseConfig.External fresh() {
    PostgresServer server = Server.INSTANCE;
    String name = "test_" + COUNT.incrementAndGet();
    try (Connection connection =
            DriverManager.getConnection(server.url(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("The test's database cannot be made", e);
    }
    return new DatabaseConfig.External(
        server.url().replaceAll("/[^/]*$", "/" + name), server.user(), server.password());
  }
}
