package io.millrace.server.settings;

import static io.millrace.server.settings.Setting.Change.LIVE;
import static io.millrace.server.settings.Setting.Change.RESTART;
import static io.millrace.server.settings.SettingType.HOST;
import static io.millrace.server.settings.SettingType.PORT;
import static io.millrace.server.settings.SettingType.SERVER_URL;
import static io.millrace.server.settings.SettingType.TEXT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names every setting there is; those that limit what peers may cost are in {@link Limits}. */
public final class Catalog {
  private static final List<Setting<?>> DEFINED = new ArrayList<>();

  public static final Setting<Integer> RTMP_PORT =
      define("rtmp.port", PORT, "1935", RESTART, "Port that encoders push RTMP to.");
  public static final Setting<String> RTMP_HOST =
      define("rtmp.host", HOST, "*", RESTART, "Address that the RTMP port listens on.");
  public static final Setting<Integer> EDGE_HTTP_PORT =
      define("edge.http.port", PORT, "8080", RESTART, "Port that viewers fetch streams from.");
  public static final Setting<String> EDGE_HTTP_HOST =
      define("edge.http.host", HOST, "*", RESTART, "Address that the viewers' port listens on.");
  public static final Setting<String> EDGE_HTTP_TRANSPORT =
      define(
          "edge.http.transport",
          SettingType.choice("auto", "epoll", "io_uring", "nio"),
          "auto",
          RESTART,
          "How the viewers' port reaches the kernel; auto: epoll where the machine has it, else"
              + " nio. Only epoll sends parts from their files.");
  public static final Setting<String> WINDOW_DIRECTORY =
      define(
          "window.directory",
          TEXT,
          "/dev/shm",
          RESTART,
          "Directory of a file system in memory (tmpfs) for the parts that origin and edge hold;"
              + " empty, or where it is smaller than what they may hold: they are kept in"
              + " buffers.");
  public static final Setting<Integer> CONTROL_PORT =
      define("control.port", PORT, "8090", RESTART, "Port of the API, the console and the pages.");
  public static final Setting<String> CONTROL_HOST =
      define(
          "control.host", HOST, "127.0.0.1", RESTART, "Address that the control port listens on.");
  public static final Setting<Integer> CONTROL_GRPC_PORT =
      define(
          "control.grpc.port",
          PORT,
          "8091",
          RESTART,
          "Port that nodes reach the control plane at, here or at the host of control.url.");
  public static final Setting<String> CONTROL_GRPC_HOST =
      define(
          "control.grpc.host",
          HOST,
          "127.0.0.1",
          RESTART,
          "Address that the control plane's port for nodes listens on.");
  public static final Setting<String> CONTROL_URL =
      define(
          "control.url",
          SERVER_URL,
          "",
          RESTART,
          "Address of the control plane's API, for nodes and for commands such as channel list;"
              + " empty: the one of the data directory, or http://127.0.0.1:8090.");
  public static final Setting<String> CONTROL_TOKEN =
      define(
          "control.token",
          TEXT,
          "",
          RESTART,
          "The administrator's token for commands such as channel list; empty: the one of the data"
              + " directory.");
  public static final Setting<String> CONTROL_DATABASE_URL =
      define(
          "control.database.url",
          TEXT,
          "",
          RESTART,
          "JDBC address of the control plane's Postgres; empty: one is started in the data"
              + " directory.");
  public static final Setting<String> CONTROL_DATABASE_USER =
      define("control.database.user", TEXT, "", RESTART, "User at control.database.url.");
  public static final Setting<String> CONTROL_DATABASE_PASSWORD =
      define("control.database.password", TEXT, "", RESTART, "Password of control.database.user.");
  public static final Setting<Integer> FABRIC_PORT =
      define("fabric.port", PORT, "8092", RESTART, "UDP port of the links between nodes.");
  public static final Setting<String> FABRIC_HOST =
      define(
          "fabric.host",
          HOST,
          "127.0.0.1",
          RESTART,
          "Address of the links between nodes; other nodes reach this one at it.");
  public static final Setting<Integer> METRICS_PORT =
      define("metrics.port", PORT, "9464", RESTART, "Port of /metrics and /health.");
  public static final Setting<String> METRICS_HOST =
      define(
          "metrics.host", HOST, "127.0.0.1", RESTART, "Address that the metrics port listens on.");
  public static final Setting<String> PUBLIC_HOST =
      define(
          "public.host",
          TEXT,
          "",
          RESTART,
          "Host name that encoders and viewers reach this process at; empty: the one that they"
              + " reach the console at.");
  public static final Setting<String> NODE_ID =
      define(
          "node.id",
          SettingType.NODE_ID,
          "",
          RESTART,
          "The node's name, unique among the nodes; empty: one is made and kept in the data"
              + " directory.");
  public static final Setting<String> NODE_TOKEN =
      define(
          "node.token",
          TEXT,
          "",
          RESTART,
          "One-time token with which the node joins the control plane (./millrace node token).");
  public static final Setting<Duration> DRAIN_TIMEOUT =
      define(
          "drain.timeout",
          SettingType.duration(Duration.ZERO, Duration.ofHours(24)),
          "10s",
          LIVE,
          "How long a stopping node, which takes nobody new, waits for its publishers and viewers"
              + " to leave; 0 under up and demo. A second signal ends at once.");
  public static final Setting<String> LOG_LEVEL =
      define(
          "log.level",
          SettingType.choice("error", "warn", "info", "debug"),
          "info",
          LIVE,
          "How much the log tells.");

  /** In order of their definition, the limits last. */
  public static final List<Setting<?>> ALL =
      Stream.concat(DEFINED.stream(), Limits.ALL.stream()).toList();

  private static final Map<String, Setting<?>> BY_KEY =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Setting::key, Function.identity()));
  private static final Map<String, Setting<?>> BY_ENVIRONMENT_NAME =
      ALL.stream()
          .collect(Collectors.toUnmodifiableMap(Setting::environmentName, Function.identity()));

  private Catalog() {}

  private static <T> Setting<T> define(
      String key, SettingType<T> type, String defaultText, Setting.Change change, String doc) {
    Setting<T> setting = new Setting<>(key, type, defaultText, change, doc);
    DEFINED.add(setting);
    return setting;
  }

  /** Finds a setting by its key; where there is none, names the nearest if one is near. */
  static Setting<?> named(String key, Object source) {
    Setting<?> setting = BY_KEY.get(key);
    if (setting == null) {
      throw unknown(key, source, BY_KEY);
    }
    return setting;
  }

  static Setting<?> ofEnvironment(String name) {
    Setting<?> setting = BY_ENVIRONMENT_NAME.get(name);
    if (setting == null) {
      throw unknown(name, "the environment", BY_ENVIRONMENT_NAME);
    }
    return setting;
  }

  private static SettingsException unknown(
      String name, Object source, Map<String, Setting<?>> known) {
    int toldBy = name.replaceFirst("^MILLRACE_", "").length();
    String nearest =
        known.keySet().stream()
            .sorted()
            .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
            .filter(candidate -> 3 * distance(name, candidate) <= toldBy)
            .map(" (nearest: %s)"::formatted)
            .orElse("");
    return new SettingsException("%s in %s is no setting%s".formatted(name, source, nearest));
  }

  /** Levenshtein's distance: how many letters to change, add or drop. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j < previous.length; j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
