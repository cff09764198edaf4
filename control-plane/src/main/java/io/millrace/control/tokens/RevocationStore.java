package io.millrace.control.tokens;

import io.millrace.control.link.TokenChange.Revocation;
import io.millrace.control.nodes.DirectoryLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Keeps what was revoked, for as long as a token of it could be good. Blocking. */
public final class RevocationStore {
  /** Edges hold all of them. */
  static final int MOST = 10_000;

  private final Jdbi jdbi;

  public RevocationStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A revocation with its number in the directory's log. */
  public record Kept(long number, Revocation revocation) {}

  /** Keeps it; false where there are {@link #MOST}. What was revoked before is so for longer. */
  boolean add(Revocation revocation, Instant now) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          handle.execute("delete from token_revocations where until < ?", now);
          boolean ofToken = revocation.session().isEmpty();
          String of = ofToken ? revocation.tokenId() : revocation.session();
          String column = ofToken ? "token_id" : "session";
          Instant before =
              handle
                  .createQuery(
                      "delete from token_revocations where %s = :of returning until"
                          .formatted(column))
                  .bind("of", of)
                  .mapTo(Instant.class)
                  .findOne()
                  .orElse(Instant.MIN);
          Instant until = Instant.ofEpochSecond(revocation.untilS());
          if (count(handle) >= MOST) {
            handle.rollback();
            return false;
          }
          handle.execute(
              "insert into token_revocations (number, %s, until) values (?, ?, ?)"
                  .formatted(column),
              number,
              of,
              before.isAfter(until) ? before : until);
          return true;
        });
  }

  private static int count(Handle handle) {
    return handle.createQuery("select count(*) from token_revocations").mapTo(Integer.class).one();
  }

  /** Those after a number of the log, that matter still. */
  public static List<Kept> after(Handle handle, long number, Instant now) {
    return handle
        .createQuery(
            """
            select number, coalesce(token_id, '') as token_id, coalesce(session, '') as session, until
            from token_revocations where number > :number and until >= :now order by number\
            """)
        .bind("number", number)
        .bind("now", now)
        .map((row, _) -> read(row))
        .list();
  }

  private static Kept read(ResultSet row) throws SQLException {
    return new Kept(
        row.getLong("number"),
        new Revocation(
            row.getString("token_id"),
            row.getString("session"),
            row.getObject("until", OffsetDateTime.class).toEpochSecond()));
  }
}
