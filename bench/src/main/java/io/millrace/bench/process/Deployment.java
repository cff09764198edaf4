package io.millrace.bench.process;

import io.millrace.bench.http.HttpAnswer;
import io.millrace.bench.http.HttpConnection;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the roles of one deployment in processes of their own on this machine, every port free. The
 * first process has the control plane.
 */
public final class Deployment implements AutoCloseable {
  /** A channel as {@code channel create} answers. */
  public record Channel(String name, String key) {}

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration COMMAND_WITHIN = Duration.ofSeconds(20);
  private static final long POLL_NS = 50_000_000;

  private final Path directory;
  private final Map<String, MillraceProcess> processes = new LinkedHashMap<>();
  private final int controlPort;
  private final int controlGrpcPort;

  private Deployment(Path directory) throws IOException {
    this.directory = directory;
    List<Integer> ports = MillraceProcess.freeTcpPorts(2);
    this.controlPort = ports.get(0);
    this.controlGrpcPort = ports.get(1);
  }

  /**
   * Starts one process for each list of roles ({@code control,ingest}), the control plane's first.
   */
  public static Deployment start(Path directory, String... roles)
      throws IOException, InterruptedException, TimeoutException {
    Deployment deployment = new Deployment(directory);
    try {
      for (String each : roles) {
        deployment.start(each);
      }
      return deployment;
    } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
      deployment.close();
      throw e;
    }
  }

  /** Starts the process of these roles, for the first time or again on the same data. */
  public MillraceProcess start(String roles)
      throws IOException, InterruptedException, TimeoutException {
    List<String> arguments = new ArrayList<>(List.of("node", "--roles", roles));
    for (String port : MillraceProcess.PORTS) {
      arguments.addAll(List.of("--set", port + ".port=" + port(port, roles)));
    }
    if (!processes.isEmpty() && !roles.contains("control")) {
      arguments.addAll(List.of("--set", "control.url=" + control().http("control")));
      if (!processes.containsKey(roles)) { // who has joined once needs no token
        arguments.addAll(List.of("--set", "node.token=" + joinToken()));
      }
    }
    MillraceProcess process =
        MillraceProcess.start(
            directory.resolve(roles.replace(',', '-')), arguments.toArray(String[]::new));
    processes.put(roles, process);
    process.awaitReady(READY_WITHIN);
    return process;
  }

  /** Any free port, but for the control plane's: nodes look for it where it was. */
  private int port(String name, String roles) {
    return switch (name) {
      case "control" -> roles.contains("control") ? controlPort : 0;
      case "control.grpc" -> controlGrpcPort;
      default -> 0;
    };
  }

  private String joinToken() throws IOException, InterruptedException {
    return json("node", "token").path("token").asString();
  }

  /** Creates a channel; {@code options} are those of {@code channel create}. */
  public Channel createChannel(String name, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("channel", "create", name));
    command.addAll(List.of(options));
    return new Channel(name, json(command.toArray(String[]::new)).path("key").asString());
  }

  /** Runs a command against the control plane with {@code --json}. */
  public JsonNode json(String... command) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--json", "--data", control().data().toString()));
    return JsonMapper.shared()
        .readTree(MillraceProcess.run(COMMAND_WITHIN, arguments.toArray(String[]::new)));
  }

  /** Sends requests to the API as the administrator. */
  public ApiClient api() {
    return new ApiClient(control().http("control").toString(), adminToken());
  }

  /** What the control plane's API takes for the administrator's. */
  public String adminToken() {
    Path file = control().data().resolve(DataDirectory.ADMIN_TOKEN);
    return DataDirectory.readSecret(file)
        .orElseThrow(() -> new IllegalStateException(file + " is not there"));
  }

  /**
   * Waits until viewers get the channel, as HLS and as DASH.
   *
   * @throws TimeoutException with what the edge answers
   */
  public void awaitWatchable(String channel, Duration limit) throws IOException, TimeoutException {
    long deadlineNs = System.nanoTime() + limit.toNanos();
    try (HttpConnection connection = new HttpConnection(edge(), COMMAND_WITHIN)) {
      for (String file : List.of("index.m3u8", "manifest.mpd")) {
        String path = "/live/" + channel + "/" + file;
        HttpAnswer answer = connection.get(path);
        while (answer.status() != 200) {
          if (System.nanoTime() > deadlineNs) {
            throw new TimeoutException(path + ": " + answer.status() + " " + answer.text());
          }
          LockSupport.parkNanos(POLL_NS);
          answer = connection.get(path);
        }
      }
    }
  }

  /** The process with the control plane. */
  public MillraceProcess control() {
    return processes.values().iterator().next();
  }

  /** The process that was started with these roles. */
  public MillraceProcess process(String roles) {
    MillraceProcess process = processes.get(roles);
    if (process == null) {
      throw new IllegalArgumentException("no process for " + roles);
    }
    return process;
  }

  /** The process that has the role. */
  public MillraceProcess withRole(String role) {
    return processes.entrySet().stream()
        .filter(entry -> List.of(entry.getKey().split(",")).contains(role))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no process for " + role));
  }

  public URI edge() {
    return withRole("edge").http("edge.http");
  }

  public Endpoints.Endpoint rtmp() {
    return Endpoints.read(withRole("ingest").data())
        .flatMap(endpoints -> endpoints.address("rtmp"))
        .orElseThrow();
  }

  /** Stops all processes, the last first. */
  @Override
  public void close() {
    for (MillraceProcess process : List.copyOf(processes.values()).reversed()) {
      process.stop();
    }
  }
}
