package io.millrace.control.nodes;

import io.millrace.control.link.DirectoryChange;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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
      List<Numbered<String>> removedNodes) {}

  private final Jdbi jdbi;
  private volatile State state;

  public Directory(Jdbi jdbi) {
    this.jdbi = jdbi;
    jdbi.useTransaction(handle -> DirectoryLog.prune(handle, REMOVALS_KEPT));
    this.state = read(new State("", 0, 0, Map.of(), Map.of(), List.of(), List.of()));
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
        snapshot ? List.of() : after(now.removedNodes(), after));
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

  private static State read(
      Handle handle, State before, String log, long number, long removalsFrom) {
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
    return new State(log, number, from, channels, nodes, removedChannels, removedNodes);
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
        Duration.ofMillis(row.getInt("grace_ms")));
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
