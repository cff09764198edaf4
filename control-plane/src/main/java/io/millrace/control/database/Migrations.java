package io.millrace.control.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the schema is what this program's migrations make of it. Then Flyway has nothing to
 * do, and finding that out by itself takes it half of a start.
 */
final class Migrations {
  /** Where they are on the class path. */
  static final String LOCATION = "io/millrace/control/migrations";

  /** All of them, in order. */
  static final List<String> FILES =
      List.of("V1__channels_nodes_access.sql", "V2__viewers_tokens.sql");

  private static final Logger log = LoggerFactory.getLogger(Migrations.class);

  private Migrations() {}

  /** Whether Flyway's history has exactly our migrations; false where that cannot be told. */
  static boolean areDone(DataSource database) {
    try {
      return history(database).equals(expected());
    } catch (SQLException | IOException e) {
      log.debug("No history of migrations yet: {}", e.getMessage());
      return false;
    }
  }

  private static List<String> history(DataSource database) throws SQLException {
    List<String> history = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select script, checksum, success from flyway_schema_history order by"
                    + " installed_rank")) {
      while (rows.next()) {
        history.add(rows.getString(1) + " " + rows.getInt(2) + " " + rows.getBoolean(3));
      }
    }
    return history;
  }

  private static List<String> expected() throws IOException {
    List<String> expected = new ArrayList<>();
    for (String file : FILES) {
      expected.add(file + " " + checksum(file) + " true");
    }
    return expected;
  }

  /** As Flyway computes it: over the lines, without what ends them. */
  private static int checksum(String file) throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream in = Migrations.class.getResourceAsStream("/" + LOCATION + "/" + file)) {
      if (in == null) {
        throw new IOException(file + " is not on the class path");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return (int) checksum.getValue();
  }
}
