package io.millrace.control.database;

import java.nio.file.Path;
import java.util.Objects;

/** Says where the database is. */
public sealed interface DatabaseConfig {
  /**
   * A Postgres of our own.
   *
   * @param directory holds everything of this database
   * @param programs where Postgres' programs are unpacked to, once for every database of a machine
   */
  record Embedded(Path directory, Path programs) implements DatabaseConfig {
    public Embedded {
      Objects.requireNonNull(directory, "directory");
      Objects.requireNonNull(programs, "programs");
    }

    /** With the programs in the user's cache: {@code XDG_CACHE_HOME} or {@code ~/.cache}. */
    public static Embedded in(Path directory) {
      String cache = System.getenv("XDG_CACHE_HOME");
      Path root =
          cache == null || cache.isBlank()
              ? Path.of(System.getProperty("user.home"), ".cache")
              : Path.of(cache);
      return new Embedded(directory, root.resolve("millrace"));
    }
  }

  /**
   * Any other Postgres.
   *
   * @param url as JDBC writes it: {@code jdbc:postgresql://HOST:PORT/DATABASE}
   */
  record External(String url, String user, String password) implements DatabaseConfig {
    public External {
      if (!url.startsWith("jdbc:postgresql://")) {
        throw new IllegalArgumentException(
            "control.database.url: \"%s\" (expected: jdbc:postgresql://HOST:PORT/DATABASE)"
                .formatted(url.replaceAll("//[^@/]*@", "//…@")));
      }
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(password, "password");
    }

    /** Without the password, for logs. */
    @Override
    public String toString() {
      return "External[user=" + user + "]";
    }
  }
}
