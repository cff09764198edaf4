package io.millrace.control.nodes;

import io.millrace.control.link.DirectoryChange;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.Role;
import io.millrace.control.link.TokenChange;
import io.millrace.control.link.TokenChange.Revocation;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import io.millrace.control.tokens.RevocationStore;
import io.millrace.control.tokens.TokenKeyStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Mirrors the directory in memory, so that what a node lacks is told without asking the database.
 * Read from any thread; {@link #refresh} blocks on the database.
 */
public final class Directory {
  private static final int REMOVALS_KEPT = 10_000;

  private record Numbered<T>(long number, T value) {}

  /** The directory at one number. Immutable. */
  private record State(
      String log,
      long number,
      long removalsFrom,
      Map<UUID, Numbered<DirectoryChannel>> channels,
      Map<String, Numbered<DirectoryNode>> nodes,
      List<Numbered<UUID>> removedChannels,
      List<Numbered<String>> removedNodes,
      Tokens tokens) {}

  /** What decides on viewers' tokens. Immutable. */
  private record Tokens(TokenKeys keys, List<Numbered<Revocation>> revocations) {
    static final Tokens NONE = new Tokens(TokenKeys.NONE, List.of());

    /** Keys are told each time: with another secret others are in force, at the same number. */
    TokenChange after(long number) {
      return new TokenChange(keys, Directory.after(revocations, number));
    }
  }

  private final Jdbi jdbi;
  private final TokenKeyStore tokenKeys;
  private volatile State state;

  public Directory(Jdbi jdbi, TokenKeyStore tokenKeys) {
    this.jdbi = jdbi;
    this.tokenKeys = tokenKeys;
    jdbi.useTransaction(handle -> DirectoryLog.prune(handle, REMOVALS_KEPT));
    this.state = read(new State("", 0, 0, Map.of(), Map.of(), List.of(), List.of(), Tokens.NONE));
  }

  /** Takes over what changed in the database. */
  public synchronized void refresh() {
    state = read(state);
  }

  public DirectoryChange since(String log, long number) {
    State now = state;
    boolean snapshot =
        !log.equals(now.log()) || number < now.removalsFrom() || number > now.number();
    long after = snapshot ? -1 : number;
    return new DirectoryChange(
        now.log(),
        snapshot ? 0 : number,
        now.number(),
        snapshot,
        after(now.channels().values(), after),
        snapshot ? List.of() : after(now.removedChannels(), after),
        after(now.nodes().values(), after),
        snapshot ? List.of() : after(now.removedNodes(), after),
        now.tokens().after(after));
  }

  private static <T> List<T> after(Iterable<Numbered<T>> all, long number) {
    List<T> found = new ArrayList<>();
    for (Numbered<T> each : all) {
      if (each.number() > number) {
        found.add(each.value());
      }
    }
    return found;
  }

  private State read(State before) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle ->
            handle
                .createQuery("select log::text as log, number, removals_from from directory")
                .map(
                    (row, _) ->
                        read(
                            handle,
                            before,
                            row.getString("log"),
                            row.getLong("number"),
                            row.getLong("removals_from")))
                .one());
  }

  private State read(Handle handle, State before, String log, long number, long removalsFrom) {
    Map<UUID, Numbered<DirectoryChannel>> channels = new HashMap<>(before.channels());
    Map<String, Numbered<DirectoryNode>> nodes = new HashMap<>(before.nodes());
    List<Numbered<UUID>> removedChannels = new ArrayList<>(before.removedChannels());
    List<Numbered<String>> removedNodes = new ArrayList<>(before.removedNodes());
    // The first read has everything: what was removed long ago is not in it anyway.
    readRemovals(handle, before.number(), removedChannels, removedNodes);
    removedChannels.forEach(removed -> channels.remove(removed.value()));
    removedNodes.forEach(removed -> nodes.remove(removed.value()));
    for (Numbered<DirectoryChannel> channel : readChannels(handle, before.number())) {
      channels.put(channel.value().id(), channel);
    }
    for (Numbered<DirectoryNode> node : readNodes(handle, before.number())) {
      nodes.put(node.value().id(), node);
      removedNodes.removeIf(removed -> removed.value().equals(node.value().id()));
    }
    long from = Math.max(removalsFrom, before.removalsFrom());
    from = Math.max(from, trim(removedChannels));
    from = Math.max(from, trim(removedNodes));
    return new State(
        log,
        number,
        from,
        channels,
        nodes,
        removedChannels,
        removedNodes,
        readTokens(handle, before));
  }

  private Tokens readTokens(Handle handle, State before) {
    List<TokenKeyStore.Kept> kept = tokenKeys.inForce(handle);
    Instant now = Instant.now();
    List<Numbered<Revocation>> revocations = new ArrayList<>();
    for (Numbered<Revocation> each : before.tokens().revocations()) {
      if (each.value().untilS() >= now.getEpochSecond()) {
        revocations.add(each);
      }
    }
    for (RevocationStore.Kept each : RevocationStore.after(handle, before.number(), now)) {
      // The same for longer: one that is told twice must not count twice.
      revocations.removeIf(other -> isSame(other.value(), each.revocation()));
      revocations.add(new Numbered<>(each.number(), each.revocation()));
    }
    return new Tokens(
        new TokenKeys(kept.stream().map(TokenKeyStore.Kept::key).toList()),
        List.copyOf(revocations));
  }

  private static boolean isSame(Revocation one, Revocation other) {
    return one.tokenId().equals(other.tokenId()) && one.session().equals(other.session());
  }

  /** Forgets the oldest removals above the limit; returns the number up to which it did. */
  private static <T> long trim(List<Numbered<T>> removed) {
    if (removed.size() <= REMOVALS_KEPT) {
      return 0;
    }
    List<Numbered<T>> oldest = removed.subList(0, removed.size() - REMOVALS_KEPT);
    long number = oldest.getLast().number();
    oldest.clear();
    return number;
  }

  private static List<Numbered<DirectoryChannel>> readChannels(Handle handle, long after) {
    return handle
        .createQuery(
            """
            select c.id, c.name, c.placement, c.part_ms, c.segment_ms, c.window_ms, c.grace_ms, c.directory_number,
              c.tokens_required, c.token_bindings, c.longest_session_s,
              array(select k.hash from stream_keys k where k.channel = c.id order by k.created_at) as hashes
            from channels c where c.directory_number > :after\
            """)
        .bind("after", after)
        .map((row, _) -> new Numbered<>(row.getLong("directory_number"), channel(row)))
        .list();
  }

  private static List<Numbered<DirectoryNode>> readNodes(Handle handle, long after) {
    return handle
        .createQuery(
            """
            select id, roles, fabric_host, fabric_port, directory_number
            from nodes where directory_number > :after\
            """)
        .bind("after", after)
        .map((row, _) -> new Numbered<>(row.getLong("directory_number"), node(row)))
        .list();
  }

  private static void readRemovals(
      Handle handle,
      long after,
      List<Numbered<UUID>> removedChannels,
      List<Numbered<String>> removedNodes) {
    handle
        .createQuery(
            "select number, channel, node from directory_removals where number > :after order by"
                + " number")
        .bind("after", after)
        .map(
            (row, _) -> {
              long number = row.getLong("number");
              UUID channel = row.getObject("channel", UUID.class);
              if (channel != null) {
                removedChannels.add(new Numbered<>(number, channel));
              } else {
                removedNodes.add(new Numbered<>(number, row.getString("node")));
              }
              return number;
            })
        .list();
  }

  private static DirectoryChannel channel(ResultSet row) throws SQLException {
    return new DirectoryChannel(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getLong("placement"),
        strings(row, "hashes"),
        Duration.ofMillis(row.getInt("part_ms")),
        Duration.ofMillis(row.getInt("segment_ms")),
        Duration.ofMillis(row.getInt("window_ms")),
        Duration.ofMillis(row.getInt("grace_ms")),
        policy(row));
  }

  /** What a row of channels wants of viewers. */
  public static TokenPolicy policy(ResultSet row) throws SQLException {
    Set<Binding> bindings = EnumSet.noneOf(Binding.class);
    strings(row, "token_bindings")
        .forEach(name -> bindings.add(Binding.valueOf(name.toUpperCase(Locale.ROOT))));
    return new TokenPolicy(
        row.getBoolean("tokens_required"), bindings, row.getInt("longest_session_s"));
  }

  private static DirectoryNode node(ResultSet row) throws SQLException {
    return new DirectoryNode(
        row.getString("id"),
        roles(strings(row, "roles")),
        row.getString("fabric_host"),
        row.getInt("fabric_port"));
  }

  static List<String> strings(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  static Set<Role> roles(List<String> names) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    names.forEach(name -> roles.add(Role.valueOf(name.toUpperCase(Locale.ROOT))));
    return roles;
  }
}
