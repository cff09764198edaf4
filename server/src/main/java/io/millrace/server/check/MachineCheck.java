package io.millrace.server.check;

import io.millrace.control.ControlPlaneConfig;
import io.millrace.control.access.AdminToken;
import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.data.Endpoints;
import io.millrace.server.node.Configs;
import io.millrace.server.node.Joining;
import io.millrace.server.node.OpenFiles;
import io.millrace.server.node.Ports;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Limits;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsException;
import io.millrace.server.settings.SettingsSources;
import io.millrace.window.store.PartStoreConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at everything that a start depends on. Changes nothing. */
public final class MachineCheck {
  private static final long GIB = 1L << 30;

  private final SettingsSources sources;
  private final Path data;
  private final Set<Role> roles;

  /**
   * Checks nothing yet.
   *
   * @param roles those of the process that is to start
   */
  public MachineCheck(SettingsSources sources, Path data, Set<Role> roles) {
    this.sources = sources;
    this.data = data;
    this.roles = Set.copyOf(roles);
  }

  public List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    Optional<Endpoints> running = running(findings);
    try {
      Settings settings = sources.read();
      findings.add(settings(settings));
      findings.addAll(ports(settings, running));
      publicHost(settings.get(Catalog.PUBLIC_HOST)).ifPresent(findings::add);
      findings.add(memory(settings));
      parts(settings).ifPresent(findings::add);
      findings.add(files(settings, OpenFiles.most()));
      findings.addAll(clearText(settings));
      if (!roles.contains(Role.CONTROL) && !Joining.isKnown(settings, data)) {
        findings.add(
            Finding.error(
                Catalog.CONTROL_URL.key(),
                "no control plane: none is set, and none runs on the directory around " + data,
                "--set control.url=http://HOST:PORT, and once node.token"));
      }
      if (roles.contains(Role.CONTROL)) {
        findings.add(DatabaseCheck.look(settings, data, running));
        adminToken().ifPresent(findings::add);
      }
    } catch (SettingsException e) { // then what they set cannot be looked at
      e.problems().forEach(problem -> findings.add(refused(problem)));
    }
    findings.add(java());
    findings.add(dataDirectory());
    findings.add(sharedMemory());
    findings.add(clock());
    return findings;
  }

  /** What runs on the data directory, as far as it can be known. */
  private Optional<Endpoints> running(List<Finding> findings) {
    try {
      return Endpoints.read(data);
    } catch (ServerException e) {
      findings.add(
          Finding.warning(
              Endpoints.FILE,
              String.valueOf(e.getMessage()),
              "nothing, where none runs on this data: the next start writes it anew"));
      return Optional.empty();
    }
  }

  private Finding settings(Settings settings) {
    try {
      Configs.check(settings, data);
    } catch (ServerException e) {
      return refused(String.valueOf(e.getMessage()));
    }
    long set = Catalog.ALL.stream().filter(settings::isSet).count();
    return Finding.ok("settings", set + " set, the others as by default");
  }

  private static Finding refused(String problem) {
    return Finding.error("settings", problem, "correct it; nothing starts so");
  }

  private static Finding java() {
    String name = "java";
    int feature = Runtime.version().feature();
    if (feature < 25) {
      return Finding.error(name, "version " + feature, "install a JDK 25 or newer");
    }
    List<String> missing = new ArrayList<>();
    Module base = Object.class.getModule();
    Module ours = MachineCheck.class.getModule();
    for (String opened : List.of("jdk.internal.misc", "java.util.zip", "sun.nio.ch")) {
      if (!base.isOpen(opened, ours)) {
        missing.add("--add-opens java.base/" + opened + "=ALL-UNNAMED");
      }
    }
    if (!ours.isNativeAccessEnabled()) {
      missing.add("--enable-native-access=ALL-UNNAMED");
    }
    return missing.isEmpty()
        ? Finding.ok(name, Runtime.version() + ", all options there")
        : Finding.error(
            name,
            Runtime.version() + " without " + String.join(" ", missing),
            "start with ./millrace, which gives them");
  }

  private List<Finding> ports(Settings settings, Optional<Endpoints> running) {
    List<String> obstacles =
        running.isPresent() ? Ports.unresolved(settings) : Ports.obstacles(settings, roles);
    if (obstacles.isEmpty()) {
      return List.of(
          Finding.ok(
              "ports",
              running
                  .map(each -> "in use by millrace pid " + each.pid() + " on this data")
                  .orElse("all free")));
    }
    return obstacles.stream()
        .map(
            obstacle -> {
              int colon = obstacle.lastIndexOf(": ");
              return Finding.error(
                  "ports", obstacle.substring(0, colon), obstacle.substring(colon + 2));
            })
        .toList();
  }

  /** Whether the name that encoders and viewers are told is one. */
  private static Optional<Finding> publicHost(String host) {
    if (host.isEmpty()) {
      return Optional.empty();
    }
    String key = Catalog.PUBLIC_HOST.key();
    try {
      String address = InetAddress.getByName(host).getHostAddress();
      return Optional.of(Finding.ok(key, "%s is %s".formatted(host, address)));
    } catch (UnknownHostException _) {
      return Optional.of(
          Finding.warning(
              key,
              "\"%s\" cannot be found from here, and encoders and viewers are sent there"
                  .formatted(host),
              "name a host that DNS knows, or an address, without a port (--set %s=…)"
                  .formatted(key)));
    }
  }

  private Finding dataDirectory() {
    String name = "data";
    Path existing = existing(data.toAbsolutePath().normalize());
    if (!Files.isDirectory(existing)) {
      return Finding.error(
          name,
          existing + " is not a directory",
          "move it out of the way, or give another directory with --data");
    }
    if (!Files.isWritable(existing)) {
      return Finding.error(
          name,
          "%s cannot be written by user %s".formatted(existing, System.getProperty("user.name")),
          "give a directory of yours with --data");
    }
    return noDisk(existing)
        .map(why -> Finding.error(name, why, "give a directory on a disk with --data"))
        .orElseGet(
            () ->
                space(
                    name, existing, 2 * GIB, "free some space, or give another disk with --data"));
  }

  /** The path itself, or what there is of it. */
  private static Path existing(Path path) {
    Path parent = path.getParent();
    return parent == null || Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? path
        : existing(parent);
  }

  /** Says so where nothing can be kept, such as in /proc; what cannot be looked at may be one. */
  private static Optional<String> noDisk(Path path) {
    try {
      FileStore store = Files.getFileStore(path);
      return store.getTotalSpace() == 0
          ? Optional.of("%s keeps no files: it is of type %s".formatted(path, store.type()))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Finding sharedMemory() {
    Path path = Path.of("/dev/shm");
    if (!Files.isDirectory(path) || !Files.isWritable(path)) {
      return Finding.warning(
          "/dev/shm",
          "there is none",
          "links use the data directory's disk; mount a tmpfs at /dev/shm");
    }
    return space("/dev/shm", path, GIB / 2, "make it larger: mount -o remount,size=1G /dev/shm");
  }

  private static Finding space(String name, Path path, long wanted, String mend) {
    try {
      FileStore store = Files.getFileStore(path);
      long free = store.getUsableSpace();
      String detail = "%s has %.1f GiB free".formatted(path, (double) free / GIB);
      if (free < wanted / 4) {
        return Finding.error(name, detail, mend);
      }
      return free < wanted ? Finding.warning(name, detail, mend) : Finding.ok(name, detail);
    } catch (IOException e) {
      return Finding.error(name, path + " cannot be looked at: " + e.getMessage(), mend);
    }
  }

  private Finding memory(Settings settings) {
    return MemoryCheck.here()
        .look(
            of(Role.ORIGIN, Configs.storeBytes(settings, Limits.ORIGIN_MEMORY)),
            of(Role.EDGE, Configs.storeBytes(settings, Limits.EDGE_MEMORY)),
            of(Role.EDGE, Configs.ownBytes(settings)),
            of(Role.INGEST, Configs.partialBytes(settings)));
  }

  /** Whether parts can be files in memory, from which they are sent with the least work. */
  private Optional<Finding> parts(Settings settings) {
    long bytes =
        of(Role.ORIGIN, Configs.storeBytes(settings, Limits.ORIGIN_MEMORY))
            + of(Role.EDGE, Configs.storeBytes(settings, Limits.EDGE_MEMORY));
    return bytes == 0
        ? Optional.empty()
        : Configs.partDirectory(settings).map(directory -> parts(directory, bytes));
  }

  static Finding parts(Path directory, long bytes) {
    String name = Catalog.WINDOW_DIRECTORY.key();
    return PartStoreConfig.trouble(directory, bytes)
        .map(
            why ->
                Finding.warning(
                    name,
                    why + ": parts are kept in buffers, and cost more for each viewer",
                    "mount -o remount,size=%dM %s, or lower origin.memory and edge.memory"
                        .formatted((bytes >> 20) + 512, directory)))
        .orElseGet(
            () ->
                Finding.ok(
                    name, "%s has room for %d MiB of parts".formatted(directory, bytes >> 20)));
  }

  private long of(Role role, long bytes) {
    return roles.contains(role) ? bytes : 0;
  }

  /** What is for this machine or a trusted network alone, and listens elsewhere. */
  private List<Finding> clearText(Settings settings) {
    List<Finding> findings = new ArrayList<>();
    List<Setting<String>> hosts = new ArrayList<>(List.of(Catalog.METRICS_HOST));
    if (roles.contains(Role.CONTROL)) {
      hosts.addAll(List.of(Catalog.CONTROL_HOST, Catalog.CONTROL_GRPC_HOST));
    }
    if (Ports.hasLinks(roles)) {
      hosts.add(Catalog.FABRIC_HOST);
    }
    for (Setting<String> host : hosts) {
      String value = settings.get(host);
      if (!isLoopback(value)) {
        findings.add(
            Finding.warning(
                host.key(),
                "\"%s\": other machines reach it, in clear text".formatted(value),
                "keep it on loopback or a network that you trust (docs/other-machines.md)"));
      }
    }
    return findings;
  }

  private static boolean isLoopback(String host) {
    try {
      return !host.equals("*") && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return true; // what is said of the port tells of that
    }
  }

  private Optional<Finding> adminToken() {
    return AdminToken.trouble(ControlPlaneConfig.defaults(data).adminTokenFile())
        .map(trouble -> Finding.error("token", trouble, "start as its owner, or mend it"));
  }

  static Finding files(Settings settings, long most) {
    String mend = "raise ulimit -n, in a unit LimitNOFILE";
    Optional<String> trouble = OpenFiles.trouble(most);
    if (trouble.isPresent()) {
      return Finding.error("open files", trouble.get(), mend);
    }
    int wanted = settings.get(Limits.HTTP_CONNECTIONS);
    int viewers = OpenFiles.viewers(settings, most);
    String detail = "%d at most, enough for %d viewers".formatted(most, viewers);
    return viewers < wanted
        ? Finding.warning(
            "open files",
            detail + " (edge.http.max-connections: " + wanted + ")",
            mend + ", or lower edge.http.max-connections")
        : Finding.ok("open files", detail);
  }

  /** Playlists carry wall-clock times, so a clock that was never set is worth a word. */
  private static Finding clock() {
    String name = "clock";
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    if (today.getYear() < 2026) {
      return Finding.error(name, "it says " + today, "set the clock; keep it with NTP (chrony)");
    }
    boolean linux = Files.isDirectory(Path.of("/run/systemd"));
    boolean kept =
        Files.exists(Path.of("/run/systemd/timesync/synchronized"))
            || Files.isDirectory(Path.of("/run/chrony"))
            || Files.exists(Path.of("/run/ntpd.pid"));
    return linux && !kept
        ? Finding.warning(
            name, "nobody seems to keep it right", "install chrony, or enable systemd-timesyncd")
        : Finding.ok(name, "it says " + java.time.Instant.now());
  }
}
