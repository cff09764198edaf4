package io.millrace.control.channels;

import io.millrace.control.keys.KeyStore;
import io.millrace.control.keys.StreamKey;
import io.millrace.control.nodes.Directory;
import io.millrace.control.nodes.DirectoryLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Keeps channels. Every change takes the next number of the directory's log first, so that changes
 * happen one after another and what is checked stays true. Blocking.
 */
public final class ChannelStore {
  private static final String SELECT =
      """
      select c.id, c.name, c.title, c.part_ms, c.segment_ms, c.window_ms, c.grace_ms, c.created_at,
        c.tokens_required, c.token_bindings, c.longest_session_s,
        (select k.hint from stream_keys k where k.channel = c.id order by k.created_at desc limit 1) as hint
      from channels c\
      """;

  private final Jdbi jdbi;
  private final int mostChannels;

  public ChannelStore(Jdbi jdbi, int mostChannels) {
    this.jdbi = jdbi;
    this.mostChannels = mostChannels;
  }

  /** What became of a change. */
  sealed interface Outcome {
    record Done(Channel channel) implements Outcome {}

    record NameTaken() implements Outcome {}

    record NotFound() implements Outcome {}

    record TooMany(int most) implements Outcome {}
  }

  Outcome create(Channel channel, StreamKey key) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          if (count(handle) >= mostChannels) {
            handle.rollback();
            return new Outcome.TooMany(mostChannels);
          }
          if (isTaken(handle, channel)) {
            handle.rollback();
            return new Outcome.NameTaken();
          }
          ChannelSettings settings = channel.settings();
          handle.execute(
              """
              insert into channels (id, name, title, part_ms, segment_ms, window_ms, grace_ms, created_at, directory_number,
                tokens_required, token_bindings, longest_session_s)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::text[], ?)\
              """,
              channel.id(),
              channel.name(),
              channel.title(),
              settings.partMs(),
              settings.segmentMs(),
              settings.windowMs(),
              settings.graceMs(),
              channel.createdAt(),
              number,
              channel.tokens().required(),
              bindings(channel),
              channel.tokens().longestSessionS());
          KeyStore.replace(handle, channel.id(), key, channel.createdAt());
          return new Outcome.Done(find(handle, channel.id().toString()).orElseThrow());
        });
  }

  /**
   * Changes name, title and settings to what {@code change} makes of them. It is asked once no
   * other change can come between, and nothing changes where it throws.
   */
  Outcome update(String nameOrId, UnaryOperator<Channel> change) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          Optional<Channel> before = find(handle, nameOrId);
          if (before.isEmpty()) {
            handle.rollback();
            return new Outcome.NotFound();
          }
          Channel after = change.apply(before.get());
          if (isTaken(handle, after)) {
            handle.rollback();
            return new Outcome.NameTaken();
          }
          ChannelSettings settings = after.settings();
          handle.execute(
              """
              update channels set name = ?, title = ?, part_ms = ?, segment_ms = ?, window_ms = ?, grace_ms = ?,
                directory_number = ?, tokens_required = ?, token_bindings = ?::text[], longest_session_s = ?
              where id = ?\
              """,
              after.name(),
              after.title(),
              settings.partMs(),
              settings.segmentMs(),
              settings.windowMs(),
              settings.graceMs(),
              number,
              after.tokens().required(),
              bindings(after),
              after.tokens().longestSessionS(),
              after.id());
          return new Outcome.Done(after);
        });
  }

  /** As Postgres writes an array; the names need no quotation marks. */
  private static String bindings(Channel channel) {
    return channel.tokens().bindings().stream()
        .map(each -> each.name().toLowerCase(Locale.ROOT))
        .sorted()
        .collect(Collectors.joining(",", "{", "}"));
  }

  Outcome rotateKey(String nameOrId, StreamKey key, Instant now) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          Optional<Channel> found = find(handle, nameOrId);
          if (found.isEmpty()) {
            handle.rollback();
            return new Outcome.NotFound();
          }
          UUID id = found.get().id();
          KeyStore.replace(handle, id, key, now);
          handle.execute("update channels set directory_number = ? where id = ?", number, id);
          return new Outcome.Done(find(handle, id.toString()).orElseThrow());
        });
  }

  Outcome delete(String nameOrId) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          Optional<Channel> found = find(handle, nameOrId);
          if (found.isEmpty()) {
            handle.rollback();
            return new Outcome.NotFound();
          }
          handle.execute("delete from channels where id = ?", found.get().id());
          DirectoryLog.channelRemoved(handle, number, found.get().id());
          return new Outcome.Done(found.get());
        });
  }

  public Optional<Channel> find(String nameOrId) {
    return jdbi.withHandle(handle -> find(handle, nameOrId));
  }

  List<Channel> byIds(Collection<UUID> ids) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(SELECT + " where c.id = any(:ids) order by c.name collate \"C\"")
                .bindArray("ids", UUID.class, List.copyOf(ids))
                .map(ChannelStore::read)
                .list());
  }

  /** Channels in order of their names, after {@code after}. */
  List<Channel> page(String after, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    SELECT
                        + " where c.name collate \"C\" > :after order by c.name collate \"C\" limit"
                        + " :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map(ChannelStore::read)
                .list());
  }

  /** Text that is neither a name nor an id names nothing, and never reaches the database. */
  private static Optional<Channel> find(Handle handle, String nameOrId) {
    if (Channel.isName(nameOrId)) {
      return handle
          .createQuery(SELECT + " where c.name = :name")
          .bind("name", nameOrId)
          .map(ChannelStore::read)
          .findOne();
    }
    return id(nameOrId)
        .flatMap(
            id ->
                handle
                    .createQuery(SELECT + " where c.id = :id")
                    .bind("id", id)
                    .map(ChannelStore::read)
                    .findOne());
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int count(Handle handle) {
    return handle.createQuery("select count(*) from channels").mapTo(Integer.class).one();
  }

  private static boolean isTaken(Handle handle, Channel channel) {
    return handle
        .createQuery("select exists (select from channels where name = :name and id <> :id)")
        .bind("name", channel.name())
        .bind("id", channel.id())
        .mapTo(Boolean.class)
        .one();
  }

  private static Channel read(ResultSet row, StatementContext context) throws SQLException {
    return new Channel(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("title"),
        new ChannelSettings(
            row.getInt("part_ms"),
            row.getInt("segment_ms"),
            row.getInt("window_ms"),
            row.getInt("grace_ms")),
        Directory.policy(row),
        row.getString("hint"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
