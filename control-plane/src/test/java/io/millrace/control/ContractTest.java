package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.http.ApiLimits;
import io.millrace.control.http.ProblemType;
import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.ControlLinkConfig;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Holds the API to {@code openapi.yaml}: every path and method is called, and each answer must have
 * a status that the contract names, every field that it requires, and none that it does not know.
 */
class ContractTest {
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete", "put");
  private static final Duration SOON = Duration.ofSeconds(15);

  private final JsonNode contract = readContract();
  private final Set<String> called = new TreeSet<>();

  @Test
  void everyOperationAnswersAsTheContractSays(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        ControlLinkClient node = node(control)) {
      node.awaitDirectory(SOON);
      JsonNode channel =
          call(control, "post", "/api/v1/channels", "/api/v1/channels", "{\"name\":\"one\"}", 201);
      call(control, "post", "/api/v1/channels", "/api/v1/channels", "{\"name\":\"one\"}", 409);
      call(control, "post", "/api/v1/channels", "/api/v1/channels", "{\"name\":1}", 400);
      report(node, UUID.fromString(channel.get("id").stringValue()));
      await()
          .atMost(SOON)
          .until(
              () ->
                  "live"
                      .equals(
                          control
                              .call("GET", "/api/v1/channels/one")
                              .json()
                              .get("live")
                              .get("state")
                              .stringValue()));

      call(control, "get", "/api/v1/channels", "/api/v1/channels", null, 200);
      call(control, "get", "/api/v1/channels/{channel}", "/api/v1/channels/one", null, 200);
      call(control, "get", "/api/v1/channels/{channel}", "/api/v1/channels/none", null, 404);
      call(
          control,
          "patch",
          "/api/v1/channels/{channel}",
          "/api/v1/channels/one",
          "{\"title\":\"One\"}",
          200);
      call(
          control, "post", "/api/v1/channels/{channel}/key", "/api/v1/channels/one/key", null, 200);
      call(
          control,
          "post",
          "/api/v1/channels/{channel}/date-ranges",
          "/api/v1/channels/one/date-ranges",
          "{\"class\":\"com.example.ad\",\"durationSeconds\":1.5,\"attributes\":{\"X-A\":1}}",
          202);
      call(
          control, "post", "/api/v1/channels/{channel}/end", "/api/v1/channels/one/end", null, 202);
      call(
          control,
          "get",
          "/api/v1/public/channels/{channel}",
          "/api/v1/public/channels/one",
          null,
          200);
      call(
          control,
          "post",
          "/api/v1/channels/{channel}/tokens",
          "/api/v1/channels/one/tokens",
          "{\"session\":\"viewer-42\",\"address\":\"203.0.113.7/24\"}",
          201);
      call(
          control,
          "post",
          "/api/v1/token-revocations",
          "/api/v1/token-revocations",
          "{\"id\":\"5eed\",\"forSeconds\":60}",
          201);
      call(control, "get", "/api/v1/token-keys", "/api/v1/token-keys", null, 200);
      call(control, "post", "/api/v1/token-keys", "/api/v1/token-keys", null, 201);
      call(control, "get", "/api/v1/nodes", "/api/v1/nodes", null, 200);
      call(control, "delete", "/api/v1/nodes/{node}", "/api/v1/nodes/none", null, 404);
      call(control, "post", "/api/v1/node-tokens", "/api/v1/node-tokens", null, 201);
      String token = "{\"token\":\"%s\"}".formatted(control.token());
      call(control, "post", "/api/v1/session", "/api/v1/session", token, 200);
      call(control, "get", "/api/v1/session", "/api/v1/session", null, 200);
      call(control, "delete", "/api/v1/session", "/api/v1/session", null, 204);
      call(control, "get", "/health/live", "/health/live", null, 200);
      call(control, "get", "/health/ready", "/health/ready", null, 200);
      call(control, "delete", "/api/v1/channels/{channel}", "/api/v1/channels/one", null, 204);
      contractItself(control);
      events(control);
    }
    assertThat(called).isEqualTo(operations());
  }

  @Test
  void aRequestBeyondALimitIsToldWhichOne(@TempDir Path directory) throws Exception {
    ApiLimits limits = ApiLimits.defaults();
    String host = "Host: a\r\n";
    int room = limits.mostHeadBytes() - host.length() - "X: \r\n".length();
    String most = "GET /%s HTTP/1.1";
    int path = limits.mostTargetBytes() - most.formatted("").length();
    try (TestControlPlane control = new TestControlPlane(directory)) {
      assertThat(sent(control, most.formatted("a".repeat(path)) + "\r\n" + host).get("status"))
          .hasToString("404");
      assertThat(
              sent(control, "GET /a HTTP/1.1\r\n" + host + "X: " + "a".repeat(room)).get("status"))
          .hasToString("404");
      for (int more : List.of(1, 2, 500, 5_000)) {
        assertRefused(
            sent(control, most.formatted("a".repeat(path + more)) + "\r\n" + host),
            414,
            ProblemType.URI_TOO_LONG,
            "control.max-request-line-bytes");
        for (String headers :
            List.of(
                "X: " + "a".repeat(room + more),
                "a".repeat(room + more + 1) + ": ",
                "X: a\r\n".repeat((room + more) / 6 + 2))) {
          assertRefused(
              sent(control, "GET /api/v1/channels HTTP/1.1\r\n" + host + headers),
              431,
              ProblemType.HEAD_TOO_LARGE,
              "control.max-head-bytes");
        }
      }
      assertRefused(
          sent(control, "POST /api/v1/session HTTP/1.1\r\n" + host + "Content-Length: 65537"),
          413,
          ProblemType.TOO_LARGE,
          "control.max-body-bytes");
    }
  }

  @Test
  void aMethodThatAPathDoesNotHaveIsToldWhichItHas(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory)) {
      for (Map.Entry<String, JsonNode> path : contract.get("paths").properties()) {
        Set<String> has = new TreeSet<>(path.getValue().propertyNames());
        has.retainAll(METHODS);
        Set<String> others = new TreeSet<>(METHODS);
        others.removeAll(has);
        for (String method : others) {
          var answer =
              control.call(method.toUpperCase(Locale.ROOT), path.getKey().replaceAll("[{}]", ""));

          assertThat(answer.status()).as("%s %s", method, path.getKey()).isEqualTo(405);
          assertThat(answer.json().get("type").stringValue())
              .isEqualTo(ProblemType.METHOD_NOT_ALLOWED.urn());
          assertThat(answer.header("Allow").toLowerCase(Locale.ROOT).split(", "))
              .as(path.getKey())
              .containsExactlyInAnyOrderElementsOf(has);
        }
      }
      assertThat(control.call("PUT", "/watch/one").header("Allow")).isEqualTo("GET, HEAD");
      assertThat(control.call("PUT", "/nothing").status()).isEqualTo(404);
      assertThat(control.call("PUT", "/api/v1/nothing").status()).isEqualTo(404);
    }
  }

  @Test
  void aHeadHasTheHeadersOfTheAnswerAndNoMore(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), control.controlPlane().port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      for (String path : List.of("/health/live", "/nothing", "/", "/api/v1/channels")) {
        socket
            .getOutputStream()
            .write(
                "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n"
                    .formatted(path)
                    .getBytes(StandardCharsets.US_ASCII));
        String head = head(socket.getInputStream());
        assertThat(head).startsWith("HTTP/1.1 ").contains("\r\nContent-Length: ");
      }
    }
  }

  @Test
  void aBodyWhoseChunksMakeNoSenseIsRefusedAtOnce(@TempDir Path directory) throws Exception {
    String begin = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (TestControlPlane control = new TestControlPlane(directory)) {
      for (String chunks :
          List.of(
              "ffffffffffffffff\r\n",
              "ffffffff\r\n",
              "80000000\r\n",
              "-1\r\n",
              "zz\r\n",
              "\r\n",
              "1 \r\n",
              "1\n",
              "1\r\n{\r\nzz\r\n",
              "0".repeat(100) + "z\r\n")) {
        assertRefused(answered(control, begin + chunks), 400, ProblemType.BAD_REQUEST, "The ");
      }
      for (String chunks :
          List.of(
              "7fffffff\r\n",
              "10001\r\n",
              "0".repeat(1 << 20),
              "1;" + "a".repeat(1 << 20),
              "1\r\n \r\n".repeat(1 << 17))) {
        assertRefused(
            answered(control, begin + chunks),
            413,
            ProblemType.TOO_LARGE,
            "control.max-body-bytes");
      }
      assertRefused(
          answered(control, begin + "d\r\n{\"token\":\"x\"}\r\n0\r\n\r\n"),
          401,
          ProblemType.UNAUTHORIZED,
          "token");
    }
  }

  private void assertRefused(JsonNode problem, int status, ProblemType type, String setting) {
    List<String> errors = new ArrayList<>();
    check(problem, contract.at("/components/schemas/Problem"), "$", errors);
    assertThat(errors).isEmpty();
    assertThat(problem.get("status").intValue()).isEqualTo(status);
    assertThat(problem.get("type").stringValue()).isEqualTo(type.urn());
    assertThat(problem.get("detail").stringValue()).contains(setting);
  }

  @Test
  void whatIsNoRequestIsTheClientsFault(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory)) {
      for (String line : List.of("G{T / HTTP/1.1", "G\0T / HTTP/1.1", "GET\t/ HTTP/1.1")) {
        JsonNode problem = sent(control, line + "\r\nHost: a");

        assertThat(problem.get("status").intValue()).as(line).isEqualTo(400);
      }
    }
  }

  /** The problem that is the answer to a head, whose end is added here. */
  private static JsonNode sent(TestControlPlane control, String head) throws Exception {
    return answered(control, head + (head.endsWith("\r\n") ? "\r\n" : "\r\n\r\n"));
  }

  private static JsonNode answered(TestControlPlane control, String request) throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), control.controlPlane().port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      } catch (SocketException e) {
        // Refused before all of it was taken: the answer is there.
      }
      InputStream in = socket.getInputStream();
      String answer = head(in);
      int length = Integer.parseInt(answer.replaceAll("(?s).*\nContent-Length: (\\d+)\r.*", "$1"));
      JsonNode problem = TestControlPlane.JSON.readTree(in.readNBytes(length));
      int status = problem.get("status").intValue();
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
      assertThat(answer.substring(0, answer.indexOf("\r"))).matches("HTTP/1.1 \\d+ [A-Z][a-z].+");
      if (status != 401 && status != 404) {
        assertThat(answer).containsIgnoringCase("\r\nConnection: close\r\n");
      }
      return problem;
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("%s", head).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  @Test
  void theContractNamesEveryKindOfProblem() {
    JsonNode kinds = contract.at("/components/schemas/Problem/properties/type/enum");

    assertThat(kinds.valueStream().map(JsonNode::stringValue))
        .containsExactlyElementsOf(
            Stream.concat(
                    Stream.of("about:blank"),
                    Arrays.stream(ProblemType.values()).map(ProblemType::urn))
                .toList());
  }

  private void contractItself(TestControlPlane control) throws Exception {
    var answer = control.send(control.request("GET", "/api/v1/openapi.yaml", null));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new YAMLMapper().readTree(answer.response().body())).isEqualTo(contract);
    called.add("get /api/v1/openapi.yaml");
  }

  private void events(TestControlPlane control) throws Exception {
    HttpResponse<InputStream> response =
        control
            .client()
            .send(
                control
                    .request("GET", "/api/v1/events", null)
                    .header("Authorization", "Bearer " + control.token())
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      assertThat(new String(in.readNBytes(28), StandardCharsets.UTF_8))
          .isEqualTo("retry: 1000\nevent: snapshot\n");
    }
    called.add("get /api/v1/events");
  }

  private JsonNode call(
      TestControlPlane control,
      String method,
      String template,
      String path,
      String body,
      int status)
      throws Exception {
    var answer = control.call(method.toUpperCase(Locale.ROOT), path, body);
    String operation = method + " " + template;
    assertThat(answer.status()).as(operation + ": " + answer.response().body()).isEqualTo(status);
    JsonNode response =
        resolve(contract.get("paths").get(template).get(method).get("responses").get("" + status));
    assertThat(response).as(operation + " " + status + " in the contract").isNotNull();
    if (response.has("content")) {
      Map.Entry<String, JsonNode> content = response.get("content").properties().iterator().next();
      assertThat(answer.header("Content-Type")).as(operation).isEqualTo(content.getKey());
      List<String> errors = new ArrayList<>();
      check(answer.json(), content.getValue().get("schema"), "$", errors);
      assertThat(errors).as(operation + ": " + answer.json()).isEmpty();
    }
    called.add(operation);
    return answer.json();
  }

  /** As much of JSON Schema as the contract uses. */
  private void check(JsonNode value, JsonNode reference, String at, List<String> errors) {
    JsonNode schema = resolve(reference);
    List<JsonNode> parts = new ArrayList<>();
    flatten(schema, parts);
    Set<String> known = new TreeSet<>();
    boolean open = true;
    for (JsonNode part : parts) {
      checkType(value, part, at, errors);
      for (JsonNode required : part.path("required")) {
        if (!value.has(required.stringValue())) {
          errors.add(at + "." + required.stringValue() + " is missing");
        }
      }
      for (Map.Entry<String, JsonNode> property : part.path("properties").properties()) {
        open = false;
        known.add(property.getKey());
        JsonNode field = value.get(property.getKey());
        if (field != null) {
          check(field, property.getValue(), at + "." + property.getKey(), errors);
        }
      }
      if (part.has("additionalProperties") && part.get("additionalProperties").isObject()) {
        value
            .properties()
            .forEach(
                each ->
                    check(
                        each.getValue(),
                        part.get("additionalProperties"),
                        at + "." + each.getKey(),
                        errors));
      }
      if (part.has("items")) {
        value.forEach(item -> check(item, part.get("items"), at + "[]", errors));
      }
    }
    if (value.isObject() && !open) {
      value.propertyNames().stream()
          .filter(name -> !known.contains(name))
          .forEach(name -> errors.add(at + "." + name + " is not in the contract"));
    }
  }

  private void flatten(JsonNode schema, List<JsonNode> parts) {
    parts.add(schema);
    schema.path("allOf").forEach(each -> flatten(resolve(each), parts));
  }

  private static void checkType(JsonNode value, JsonNode schema, String at, List<String> errors) {
    List<String> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isString()) {
      types.add(type.stringValue());
    }
    type.forEach(each -> types.add(each.stringValue()));
    boolean fits =
        types.isEmpty()
            || types.stream()
                .anyMatch(
                    each ->
                        switch (each) {
                          case "string" -> value.isString();
                          case "integer" -> value.isIntegralNumber();
                          case "number" -> value.isNumber();
                          case "boolean" -> value.isBoolean();
                          case "object" -> value.isObject();
                          case "array" -> value.isArray();
                          case "null" -> value.isNull();
                          default -> false;
                        });
    if (!fits) {
      errors.add("%s: %s (expected: %s)".formatted(at, value, types));
    }
    if (schema.has("enum") && !schema.get("enum").valueStream().toList().contains(value)) {
      errors.add("%s: %s (expected: one of %s)".formatted(at, value, schema.get("enum")));
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      errors.add("%s: %s (expected: %s)".formatted(at, value, schema.get("const")));
    }
    if (schema.has("pattern")
        && !value.stringValue().matches(schema.get("pattern").stringValue())) {
      errors.add("%s: %s (expected: %s)".formatted(at, value, schema.get("pattern")));
    }
  }

  private JsonNode resolve(JsonNode node) {
    JsonNode resolved = node;
    while (resolved != null && resolved.has("$ref")) {
      resolved = contract.at(resolved.get("$ref").stringValue().substring(1));
    }
    return resolved;
  }

  private Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : contract.get("paths").properties()) {
      for (String method : path.getValue().propertyNames()) {
        if (METHODS.contains(method)) {
          operations.add(method + " " + path.getKey());
        }
      }
    }
    return operations;
  }

  private static ControlLinkClient node(TestControlPlane control) {
    Set<Role> roles = Set.of(Role.INGEST, Role.EDGE);
    NodeAddresses addresses =
        new NodeAddresses(
            "127.0.0.1",
            8092,
            Map.of(
                NodeAddresses.RTMP, new NodeAddresses.Endpoint("", 1935),
                NodeAddresses.HTTP, new NodeAddresses.Endpoint("", 8080)));
    String token = control.controlPlane().issueNodeToken("node", roles, Duration.ofMinutes(5));
    return ControlLinkClient.start(
        ControlLinkConfig.of(
            "127.0.0.1",
            control.controlPlane().grpcPort(),
            new ControlLinkConfig.Node("node", token, roles, addresses, "test"),
            control.directory().resolve("node")));
  }

  private static void report(ControlLinkClient node, UUID channel) {
    node.report(
        new ChannelReport(
            channel,
            Role.INGEST,
            ChannelReport.State.LIVE,
            UUID.randomUUID(),
            1_700_000_000_000L,
            3_000_000,
            List.of(
                new ChannelReport.TrackReport(
                    "video", "avc1.64001f", 1280, 720, 30, 2000, 0, 0, 2_800_000),
                new ChannelReport.TrackReport(
                    "audio", "mp4a.40.2", 0, 0, 0, 0, 48_000, 2, 128_000)),
            "192.0.2.1 OBS",
            0,
            -1,
            List.of("Set the keyframe interval to 2 s.")));
  }

  private static JsonNode readContract() {
    try (InputStream in = ContractTest.class.getResourceAsStream("/openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
