package io.millrace.control.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Opens the database, brings its schema up to date, and bounds who works on it. */
public final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int VALID_TIMEOUT_S = 2;

  private final @Nullable PostgresServer server;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(@Nullable PostgresServer server, HikariDataSource pool) {
    this.server = server;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
    // What was bound to a statement may be a secret's hash: messages are logged, so they leave it
    // out.
    jdbi.getConfig(StatementExceptions.class)
        .setMessageRendering(StatementExceptions.MessageRendering.NONE);
  }

  /**
   * Starts or reaches the database.
   *
   * @param mostConnections how many requests may work on it at once
   */
  public static Database open(DatabaseConfig config, int mostConnections) {
    long startNs = System.nanoTime();
    PostgresServer server =
        config instanceof DatabaseConfig.Embedded embedded ? PostgresServer.start(embedded) : null;
    long startedNs = System.nanoTime();
    HikariDataSource pool = null;
    try {
      pool = pool(config, server, mostConnections);
      long connectedNs = System.nanoTime();
      requireNotInterrupted();
      migrate(pool);
      requireNotInterrupted();
      log.atLevel(server == null ? Level.INFO : Level.DEBUG)
          .log(
              "Database ready in {} ms (server {} ms, connection {} ms, schema {} ms)",
              millis(System.nanoTime() - startNs),
              millis(startedNs - startNs),
              millis(connectedNs - startedNs),
              millis(System.nanoTime() - connectedNs));
      return new Database(server, pool);
    } catch (RuntimeException e) { // a driver's, too: the server must not be left running
      boolean interrupted = Thread.interrupted();
      if (pool != null) {
        pool.close();
      }
      if (server != null) {
        server.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  /** JDBC does not heed an interrupt, so whoever starts the database must. */
  private static void requireNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new DatabaseException("Interrupted while the database was starting");
    }
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  /** Why it cannot be worked with now; empty where it can. Takes seconds where it is away. */
  public Optional<String> trouble() {
    if (server != null && !server.isRunning()) {
      return Optional.of("Postgres ended and is being started again");
    }
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(VALID_TIMEOUT_S)
          ? Optional.empty()
          : Optional.of("the database does not answer");
    } catch (SQLException e) {
      log.debug("The database cannot be reached", e);
      return Optional.of("the database cannot be reached");
    }
  }

  /** The embedded server's process number; empty with any other database. */
  public Optional<Long> serverPid() {
    return server == null ? Optional.empty() : Optional.of(server.pid());
  }

  @Override
  public void close() {
    if (server != null) {
      server.stopWatching();
    }
    pool.close();
    if (server != null) {
      server.close();
    }
  }

  private static HikariDataSource pool(
      DatabaseConfig config, @Nullable PostgresServer server, int mostConnections) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("control-database");
    hikari.setMaximumPoolSize(mostConnections);
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    hikari.addDataSourceProperty("ApplicationName", "millrace");
    switch (config) {
      case DatabaseConfig.Embedded embedded -> {
        if (server == null) {
          throw new DatabaseException("No server on " + embedded.directory());
        }
        hikari.setJdbcUrl(server.url());
        hikari.setUsername(server.user());
        hikari.setPassword(server.password());
      }
      case DatabaseConfig.External external -> {
        hikari.setJdbcUrl(external.url());
        hikari.setUsername(external.user());
        hikari.setPassword(external.password());
      }
    }
    try {
      return new HikariDataSource(hikari);
    } catch (RuntimeException e) {
      // HikariCP throws its own and others of the driver's here; the root says what is wrong.
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new DatabaseException(
          "The database cannot be reached (control.database.url, user and password): "
              + root.getMessage(),
          e);
    }
  }

  private static void migrate(HikariDataSource pool) {
    if (Migrations.areDone(pool)) {
      return;
    }
    try {
      Flyway.configure()
          .dataSource(pool)
          .locations("classpath:" + Migrations.LOCATION)
          .loggers("slf4j")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new DatabaseException("The database's schema cannot be brought up to date", e);
    }
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }
}
