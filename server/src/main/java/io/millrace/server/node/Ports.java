package io.millrace.server.node;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.Settings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Knows which ports a process with given roles listens on, and finds those that are taken. */
public final class Ports {
  /**
   * One port.
   *
   * @param role the role that listens on it; empty: every process
   */
  private record Listener(
      Setting<Integer> port, Setting<String> host, Optional<Role> role, boolean udp) {
    boolean isFor(Set<Role> roles) {
      return role.map(roles::contains).orElse(true);
    }
  }

  private static final int MOST_PORT = 65_535;

  /** How far a port that is proposed may lie from the one that was wanted. */
  private static final int NEAR = 100;

  private static final List<Listener> LISTENERS =
      List.of(
          tcp(Catalog.RTMP_PORT, Catalog.RTMP_HOST, Role.INGEST),
          tcp(Catalog.EDGE_HTTP_PORT, Catalog.EDGE_HTTP_HOST, Role.EDGE),
          tcp(Catalog.CONTROL_PORT, Catalog.CONTROL_HOST, Role.CONTROL),
          tcp(Catalog.CONTROL_GRPC_PORT, Catalog.CONTROL_GRPC_HOST, Role.CONTROL),
          new Listener(Catalog.FABRIC_PORT, Catalog.FABRIC_HOST, Optional.empty(), true),
          new Listener(Catalog.METRICS_PORT, Catalog.METRICS_HOST, Optional.empty(), false));

  private Ports() {}

  private static Listener tcp(Setting<Integer> port, Setting<String> host, Role role) {
    return new Listener(port, host, Optional.of(role), false);
  }

  /** One line for each port that cannot be listened on, and what to do. */
  public static List<String> obstacles(Settings settings, Set<Role> roles) {
    List<String> obstacles = new ArrayList<>();
    List<Listener> before = new ArrayList<>();
    Set<Integer> given = new HashSet<>();
    LISTENERS.forEach(listener -> given.add(settings.get(listener.port())));
    for (Listener listener : LISTENERS) {
      int port = settings.get(listener.port());
      if (listener.isFor(roles) && (!listener.udp() || hasLinks(roles))) {
        other(settings, before, listener)
            .map(
                other ->
                    "%s %d is %s as well: give each a port of its own"
                        .formatted(listener.port().key(), port, other.port().key()))
            .or(() -> obstacle(settings, listener, given))
            .ifPresent(obstacles::add);
        before.add(listener);
      }
    }
    return obstacles;
  }

  /** Whether such a process has links to others: the control plane has none of its own. */
  public static boolean hasLinks(Set<Role> roles) {
    return !roles.equals(Set.of(Role.CONTROL));
  }

  /** One line for each address to listen on that cannot be found, and what to do. */
  public static List<String> unresolved(Settings settings) {
    List<String> unresolved = new ArrayList<>();
    for (Listener listener : LISTENERS) {
      String host = settings.get(listener.host());
      try {
        address(host, 0, listener.host());
      } catch (ServerException _) {
        unresolved.add(unresolved(listener, host));
      }
    }
    return unresolved;
  }

  private static String unresolved(Listener listener, String host) {
    return "%s \"%s\" cannot be found: name an address of this machine, or *"
        .formatted(listener.host().key(), host);
  }

  /** Another of the same protocol that is to have the same port. */
  private static Optional<Listener> other(
      Settings settings, List<Listener> before, Listener listener) {
    int port = settings.get(listener.port());
    return before.stream()
        .filter(
            each -> port != 0 && each.udp() == listener.udp() && settings.get(each.port()) == port)
        .findFirst();
  }

  /**
   * Why a listener cannot have its port.
   *
   * @param given ports that are meant for something; one that is proposed is added
   */
  private static Optional<String> obstacle(
      Settings settings, Listener listener, Set<Integer> given) {
    String key = listener.port().key();
    int port = settings.get(listener.port());
    String host = settings.get(listener.host());
    InetSocketAddress address;
    try {
      address = address(host, port, listener.host());
    } catch (ServerException _) {
      return Optional.of(unresolved(listener, host));
    }
    try {
      listen(address, listener.udp());
      return Optional.empty();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Permission denied")) {
        return Optional.of(
            "%s %d may not be listened on by this user: use a port above 1023 (--set %s=…)"
                .formatted(key, port, key));
      }
      if (!String.valueOf(e.getMessage()).contains("in use")) {
        return Optional.of(
            "%s \"%s\" cannot be listened on (%s): name an address of this machine, or *"
                .formatted(listener.host().key(), host, e.getMessage()));
      }
      return Optional.of(
          "%s %d is in use by %s, or use --set %s=%s"
              .formatted(key, port, holder(listener, port), key, free(address, listener, given)));
    }
  }

  private static void listen(InetSocketAddress address, boolean udp) throws IOException {
    if (udp) {
      new DatagramSocket(address).close();
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections of before may linger; as the servers do
      socket.bind(address);
    }
  }

  /** Who holds a port, and how to stop it. */
  private static String holder(Listener listener, int port) {
    OptionalLong holder = holder(port, listener.udp());
    if (holder.isEmpty()) {
      return "another user's process: stop it";
    }
    long pid = holder.getAsLong();
    return "%s: stop it (kill %d)".formatted(describe(pid), pid);
  }

  /** The next port that is free and meant for nothing else; … where there is none near. */
  private static String free(InetSocketAddress taken, Listener listener, Set<Integer> given) {
    int most = Math.min(taken.getPort() + NEAR, MOST_PORT);
    for (int port = taken.getPort() + 1; port <= most; port++) {
      InetSocketAddress next = new InetSocketAddress(taken.getAddress(), port);
      if (given.add(port) && isFree(next, listener.udp())) {
        return String.valueOf(port);
      }
    }
    return "…";
  }

  private static boolean isFree(InetSocketAddress address, boolean udp) {
    try {
      listen(address, udp);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** The address to listen on: all addresses for {@code *}. */
  static InetSocketAddress address(String host, int port, Setting<String> setting) {
    if (host.equals("*")) {
      return new InetSocketAddress(port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new ServerException(
          "%s: \"%s\" (expected: %s)".formatted(setting.key(), host, setting.type().expected()));
    }
  }

  private static String describe(long pid) {
    return "pid "
        + pid
        + ProcessHandle.of(pid)
            .flatMap(process -> process.info().command())
            .map(command -> " (" + Path.of(command).getFileName() + ")")
            .orElse("");
  }

  /** Looks in Linux's tables for the process that holds a port; other systems: empty. */
  private static OptionalLong holder(int port, boolean udp) {
    try {
      for (String table : udp ? List.of("udp", "udp6") : List.of("tcp", "tcp6")) {
        Path file = Path.of("/proc/net", table);
        if (Files.exists(file)) {
          for (String line : Files.readAllLines(file)) {
            Optional<String> inode = inode(line.strip().split("\\s+", -1), port, udp);
            if (inode.isPresent()) {
              return ownerOf("socket:[" + inode.get() + "]");
            }
          }
        }
      }
    } catch (IOException e) {
      return OptionalLong.empty(); // only a courtesy
    }
    return OptionalLong.empty();
  }

  private static Optional<String> inode(String[] columns, int port, boolean udp) {
    String suffix = ":%04X".formatted(port).toUpperCase(Locale.ROOT);
    boolean listens = columns.length > 9 && (udp || columns[3].equals("0A"));
    return listens && columns[1].endsWith(suffix) ? Optional.of(columns[9]) : Optional.empty();
  }

  private static OptionalLong ownerOf(String socket) throws IOException {
    try (DirectoryStream<Path> processes =
        Files.newDirectoryStream(
            Path.of("/proc"), path -> path.getFileName().toString().matches("\\d+"))) {
      for (Path process : processes) {
        if (holds(process, socket)) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static boolean holds(Path process, String socket) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (Files.readSymbolicLink(file).toString().equals(socket)) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // another user's, or it ended meanwhile
    }
    return false;
  }
}
