package io.millrace.server.check;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.data.Endpoints;
import io.millrace.server.node.Configs;
import io.millrace.server.node.Ports;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsException;
import io.millrace.server.settings.SettingsSources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Looks at everything that a start depends on. Changes nothing. */
public final class MachineCheck {
  private static final long GIB = 1L << 30;
  private static final int DATABASE_TIMEOUT_S = 5;

  private final SettingsSources sources;
  private final Path data;

  public MachineCheck(SettingsSources sources, Path data) {
    this.sources = sources;
    this.data = data;
  }

  public List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    Settings settings = Settings.defaults();
    try {
      settings = sources.read();
      Configs.check(settings, data);
      long set = Catalog.ALL.stream().filter(settings::isSet).count();
      findings.add(Finding.ok("settings", set + " set, the others as by default"));
    } catch (SettingsException | ServerException e) {
      findings.add(
          Finding.error(
              "settings", String.valueOf(e.getMessage()), "correct it; nothing starts so"));
    }
    findings.add(java());
    findings.addAll(ports(settings));
    findings.add(dataDirectory());
    findings.add(sharedMemory());
    findings.add(memory());
    findings.add(clock());
    findings.add(database(settings));
    return findings;
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

  private List<Finding> ports(Settings settings) {
    Optional<Endpoints> running = running();
    if (running.isPresent()) {
      return List.of(
          Finding.ok("ports", "in use by millrace pid " + running.get().pid() + " on this data"));
    }
    List<String> obstacles = Ports.obstacles(settings, EnumSet.allOf(Role.class));
    if (obstacles.isEmpty()) {
      return List.of(Finding.ok("ports", "all free"));
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

  private Optional<Endpoints> running() {
    return Endpoints.read(data);
  }

  private Finding dataDirectory() {
    String name = "data";
    Path existing = data.toAbsolutePath().normalize();
    for (Path up; !Files.exists(existing) && (up = existing.getParent()) != null; ) {
      existing = up;
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return Finding.error(
          name, existing + " cannot be written", "give a directory of yours with --data");
    }
    return space(name, existing, 2 * GIB, "free some space, or give another disk with --data");
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

  private static Finding memory() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      String detail =
          "%.1f GiB, of which %.1f GiB free; %d processors"
              .formatted(
                  (double) system.getTotalMemorySize() / GIB,
                  (double) system.getFreeMemorySize() / GIB,
                  Runtime.getRuntime().availableProcessors());
      return system.getTotalMemorySize() < GIB
          ? Finding.warning("memory", detail, "use a machine with 1 GiB or more")
          : Finding.ok("memory", detail);
    }
    return Finding.ok("memory", "unknown");
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

  private Finding database(Settings settings) {
    String name = "database";
    String url = settings.get(Catalog.CONTROL_DATABASE_URL);
    if (url.isEmpty()) {
      return Finding.ok(name, "embedded, in " + data);
    }
    Properties properties = new Properties();
    properties.setProperty("user", settings.get(Catalog.CONTROL_DATABASE_USER));
    properties.setProperty("password", settings.get(Catalog.CONTROL_DATABASE_PASSWORD));
    properties.setProperty("loginTimeout", String.valueOf(DATABASE_TIMEOUT_S));
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      return Finding.ok(
          name,
          "%s %s"
              .formatted(
                  connection.getMetaData().getDatabaseProductName(),
                  connection.getMetaData().getDatabaseProductVersion()));
    } catch (SQLException e) {
      return Finding.error(
          name,
          "no connection: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "correct control.database.url, .user and .password, or start that Postgres");
    }
  }
}
