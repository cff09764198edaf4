package io.millrace.control;

import io.millrace.control.database.DatabaseConfig;
import io.millrace.control.database.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A control plane on a fresh database and free ports, and a client with the token. */
final class TestControlPlane implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path directory;
  private final DatabaseConfig database;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private PrometheusRegistry metrics = new PrometheusRegistry();
  private ControlPlane controlPlane;

  TestControlPlane(Path directory) {
    this.directory = directory;
    this.database = TestDatabases.fresh();
    this.controlPlane = start(0, 0);
  }

  /** An answer: status, headers and, where there is one, the JSON of its body. */
  record Answer(HttpResponse<String> response, JsonNode json) {
    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  Path directory() {
    return directory;
  }

  String token() throws IOException {
    return Files.readString(directory.resolve("admin-token")).strip();
  }

  /** Stops it; {@link #startAgain} brings it back on the same ports. */
  int[] stop() {
    int[] ports = {controlPlane.port(), controlPlane.grpcPort()};
    controlPlane.close();
    return ports;
  }

  void startAgain(int[] ports) {
    controlPlane = start(ports[0], ports[1]);
  }

  private ControlPlane start(int port, int grpcPort) {
    metrics = new PrometheusRegistry();
    return ControlPlane.start(
        ControlPlaneConfig.defaults(directory).withPorts(port, grpcPort).withDatabase(database),
        metrics);
  }

  /** How many answers of a status were counted since the start. */
  double answers(String status) {
    return metrics.scrape(name -> name.equals("millrace_control_http_requests")).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> status.equals(point.getLabels().get("status")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + controlPlane.port() + path);
  }

  /** A request without any credentials. */
  HttpRequest.Builder request(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    return body == null ? request : request.header("Content-Type", "application/json");
  }

  Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    boolean isJson = response.headers().firstValue("Content-Type").orElse("").contains("json");
    return new Answer(response, isJson ? JSON.readTree(response.body()) : JSON.createObjectNode());
  }

  /** As the administrator, with the token. */
  Answer call(String method, String path, String body) throws IOException, InterruptedException {
    return send(request(method, path, body).header("Authorization", "Bearer " + token()));
  }

  Answer call(String method, String path) throws IOException, InterruptedException {
    return call(method, path, null);
  }

  /** What is on air in the channel. */
  JsonNode live(String channel) throws Exception {
    return call("GET", "/api/v1/channels/" + channel).json().get("live");
  }

  /** The first column of each row. */
  List<String> query(String sql) throws Exception {
    List<String> values = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  void update(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** A connection to its database, for whoever asks. */
  Connection connect() throws SQLException {
    var external = (DatabaseConfig.External) database;
    return DriverManager.getConnection(external.url(), external.user(), external.password());
  }

  HttpClient client() {
    return client;
  }

  static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    controlPlane.close();
    client.close();
  }
}
