package io.millrace.control.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Keeps the console's sessions by the hash of their cookie, and ends what they let in. Blocking.
 */
final class SessionStore {
  static final Duration LIFETIME = Duration.ofDays(30);
  private static final int MOST_SESSIONS = 1_000;

  private final Jdbi jdbi;
  private final SessionListeners listeners = new SessionListeners();

  SessionStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Instant create(String cookie, String tokenHash, Instant now) {
    Instant expiresAt = now.plus(LIFETIME);
    List<String> ended =
        jdbi.inTransaction(
            handle -> {
              List<String> deleted =
                  handle
                      .createQuery(
                          """
                          delete from sessions where expires_at <= ? or hash in
                            (select hash from sessions order by created_at desc offset ?)
                          returning hash\
                          """)
                      .bind(0, now)
                      .bind(1, MOST_SESSIONS - 1)
                      .mapTo(String.class)
                      .list();
              handle.execute(
                  "insert into sessions (hash, token_hash, created_at, expires_at) values (?, ?, ?,"
                      + " ?)",
                  Secrets.hash(cookie),
                  tokenHash,
                  now,
                  expiresAt);
              return deleted;
            });
    listeners.sessionsEnded(ended);
    return expiresAt;
  }

  /** When the session ends; empty where there is none, or it was opened with another token. */
  Optional<Instant> expiry(String cookie, String tokenHash, Instant now) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select expires_at from sessions where hash = ? and token_hash = ? and"
                        + " expires_at > ?")
                .bind(0, Secrets.hash(cookie))
                .bind(1, tokenHash)
                .bind(2, now)
                .mapTo(Instant.class)
                .findOne());
  }

  void delete(String cookie) {
    String hash = Secrets.hash(cookie);
    jdbi.useHandle(handle -> handle.execute("delete from sessions where hash = ?", hash));
    listeners.sessionsEnded(List.of(hash));
  }

  /** Has {@code ended} run when the session is deleted, until what is returned is run. */
  Runnable whenDeleted(String cookie, Runnable ended) {
    return listeners.add(Secrets.hash(cookie), ended);
  }
}
