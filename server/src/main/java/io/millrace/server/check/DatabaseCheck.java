package io.millrace.server.check;

import io.millrace.control.ControlPlaneConfig;
import io.millrace.control.database.DatabaseConfig;
import io.millrace.control.database.DatabaseFiles;
import io.millrace.server.data.Endpoints;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/** Looks at the control plane's database: at our own's files, and whether another one answers. */
final class DatabaseCheck {
  private static final String NAME = "database";
  private static final int TIMEOUT_S = 5;

  private DatabaseCheck() {}

  /**
   * Looks at the one that the settings name.
   *
   * @param running what runs on the data directory
   */
  static Finding look(Settings settings, Path data, Optional<Endpoints> running) {
    String url = settings.get(Catalog.CONTROL_DATABASE_URL);
    if (url.isEmpty()
        && ControlPlaneConfig.defaults(data).database() instanceof DatabaseConfig.Embedded ours) {
      return look(ours, running.filter(process -> process.roles().contains("control")));
    }
    Properties properties = new Properties();
    properties.setProperty("user", settings.get(Catalog.CONTROL_DATABASE_USER));
    properties.setProperty("password", settings.get(Catalog.CONTROL_DATABASE_PASSWORD));
    properties.setProperty("loginTimeout", String.valueOf(TIMEOUT_S));
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      return Finding.ok(
          NAME,
          "%s %s"
              .formatted(
                  connection.getMetaData().getDatabaseProductName(),
                  connection.getMetaData().getDatabaseProductVersion()));
    } catch (SQLException e) {
      return Finding.error(
          NAME,
          "no connection: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "correct control.database.url, .user and .password, or start that Postgres");
    }
  }

  private static Finding look(DatabaseConfig.Embedded ours, Optional<Endpoints> running) {
    Path directory = ours.directory();
    return switch (DatabaseFiles.of(ours)) {
      case DatabaseFiles.None() ->
          Finding.ok(
              NAME, "embedded; none in %s yet, the first start makes it".formatted(directory));
      case DatabaseFiles.Unusable(String reason) ->
          Finding.error(
              NAME,
              "embedded; " + reason,
              "put back what is missing, start as the user whose it is, give another directory with"
                  + " --data, or set control.database.url");
      case DatabaseFiles.Stopped(String version, boolean inOrder) ->
          Finding.ok(
              NAME,
              "embedded, Postgres %s in %s, stopped%s"
                  .formatted(
                      version,
                      directory,
                      inOrder ? "" : " by force: it recovers at the next start"));
      case DatabaseFiles.Running(String version, long pid) -> {
        String detail = "embedded, Postgres %s in %s, ".formatted(version, directory);
        yield running
            .map(
                process ->
                    Finding.ok(NAME, detail + "in use by millrace pid %d".formatted(process.pid())))
            .orElseGet(
                () ->
                    Finding.warning(
                        NAME,
                        detail
                            + "runs as pid %d without a Millrace that has started".formatted(pid),
                        "nothing, where one is starting; left by one that was killed, it is stopped"
                            + " by the next start, or by kill -INT %d".formatted(pid)));
      }
    };
  }
}
