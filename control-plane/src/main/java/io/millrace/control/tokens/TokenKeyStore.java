package io.millrace.control.tokens;

import io.millrace.control.nodes.DirectoryLog;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the keys of viewers' tokens are made of. Blocking. */
public final class TokenKeyStore {
  private static final Logger log = LoggerFactory.getLogger(TokenKeyStore.class);
  private static final int SALT_BYTES = 32;
  private static final int MOST_NUMBER = 255;
  private static final int MOST_UNUSABLE = 8;

  private final Jdbi jdbi;
  private final TokenSecret secret;
  private final SecureRandom random = new SecureRandom();

  public TokenKeyStore(Jdbi jdbi, TokenSecret secret) {
    this.jdbi = jdbi;
    this.secret = secret;
  }

  /** A key that is in force. */
  public record Kept(TokenKey key, Instant createdAt) {}

  /** Makes a key where there is none that can be used. */
  public void ensure() {
    if (inForce().isEmpty()) {
      if (count() > 0) {
        log.warn(
            "Viewers' tokens of before are refused from now on: their keys were made with another"
                + " token-secret than the one in the data directory");
      }
      var _ = rotate(Instant.now());
    }
  }

  private int count() {
    return jdbi.withHandle(
        handle -> handle.createQuery("select count(*) from token_keys").mapTo(Integer.class).one());
  }

  /** Those in force, the newest first. */
  public List<Kept> inForce(Handle handle) {
    return rows(handle).stream().filter(Row::usable).limit(TokenKeys.MOST).map(Row::kept).toList();
  }

  /**
   * What is in the database.
   *
   * @param usable whether it was made with the secret that there is; another may come back
   */
  private record Row(Kept kept, boolean usable) {}

  private List<Row> rows(Handle handle) {
    return handle
        .createQuery(
            """
            select number, salt, hash, created_at from token_keys
            order by directory_number desc\
            """)
        .map(
            (row, _) -> {
              TokenKey key = secret.key(row.getInt("number"), row.getBytes("salt"));
              Kept kept =
                  new Kept(key, row.getObject("created_at", OffsetDateTime.class).toInstant());
              return new Row(kept, TokenSecret.hash(key).equals(row.getString("hash")));
            })
        .list();
  }

  public List<Kept> inForce() {
    return jdbi.withHandle(this::inForce);
  }

  /** Makes a key, which signs from now on; the one before checks still, older ones are gone. */
  public Kept rotate(Instant now) {
    return jdbi.inTransaction(
        handle -> {
          long directoryNumber = DirectoryLog.next(handle);
          List<Integer> taken =
              handle
                  .createQuery("select number from token_keys order by directory_number desc")
                  .mapTo(Integer.class)
                  .list();
          int number = next(taken);
          byte[] salt = new byte[SALT_BYTES];
          random.nextBytes(salt);
          TokenKey key = secret.key(number, salt);
          handle.execute(
              """
              insert into token_keys (number, salt, hash, created_at, directory_number)
              values (?, ?, ?, ?, ?)\
              """,
              number,
              salt,
              TokenSecret.hash(key),
              now,
              directoryNumber);
          forget(handle);
          return new Kept(key, now);
        });
  }

  /** Of those that can be used, the newest are kept; of others, so that they may be again, some. */
  private void forget(Handle handle) {
    int usable = 0;
    int others = 0;
    for (Row row : rows(handle)) {
      boolean kept = row.usable() ? ++usable <= TokenKeys.MOST : ++others <= MOST_UNUSABLE;
      if (!kept) {
        handle.execute("delete from token_keys where number = ?", row.kept().key().number());
      }
    }
  }

  /** The one after the newest that no other has. */
  private static int next(List<Integer> newestFirst) {
    Set<Integer> taken = newestFirst.stream().collect(Collectors.toSet());
    int number = newestFirst.isEmpty() ? 1 : newestFirst.getFirst() % MOST_NUMBER + 1;
    while (taken.contains(number)) {
      number = number % MOST_NUMBER + 1;
    }
    return number;
  }
}
