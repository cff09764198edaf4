package io.millrace.bench.fuzz;

import io.helidon.webserver.Router;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.HttpErrors;
import io.millrace.control.channels.ChannelSettings;
import io.millrace.control.channels.NewDateRange;
import io.millrace.control.http.ApiLimits;
import io.millrace.control.http.HttpListener;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.RequestAddress;
import io.millrace.control.http.RequestDeadlines;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client of the API sends: requests, cut as the first byte says. Each is answered, where it
 * is refused with a problem; and where it is taken, another reader takes the same of it.
 */
final class ApiFuzz implements FuzzTarget.Parser {
  private static final int ANSWER_SECONDS = 8;
  private static final Instant NOW = Instant.parse("2027-01-15T08:00:00Z");
  private static final ApiLimits LIMITS =
      new ApiLimits(
          /* mostConnections= */ 10,
          /* mostConnectionsPerAddress= */ 10,
          /* mostTargetBytes= */ 512,
          /* mostHeadBytes= */ 2_048,
          /* mostBodyBytes= */ 4_096,
          /* mostRequestBytes= */ 1 << 20,
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          /* wrongTokensPerMinute= */ 20);

  /** Of the input that is being fed. */
  private SecondReader.Read<HttpRequest> other = new SecondReader.Read<>(List.of(), true);

  private final List<String> methods = new CopyOnWriteArrayList<>();
  private volatile @Nullable Throwable finding;
  private ClientSocket.@Nullable Listener server;

  @Override
  public void feed(byte[] input) {
    if (input.length < 1) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    other = SecondReader.requests(sent);
    methods.clear();
    finding = null;
    ClientSocket client = new ClientSocket(sent, 1 + 4 * (input[0] & 0xFF));
    server().connect(client);
    byte[] answers = client.awaitAnswers(ANSWER_SECONDS);
    Throwable found = finding;
    if (found != null) {
      throw new AssertionError("of request " + methods.size(), found);
    }
    requireProblems(answers);
  }

  private ClientSocket.Listener server() {
    if (server == null) {
      server = start();
    }
    return server;
  }

  private ClientSocket.Listener start() {
    PrometheusRegistry metrics = new PrometheusRegistry();
    RequestDeadlines deadlines = new RequestDeadlines(LIMITS, metrics);
    HttpErrors errors = new HttpErrors(LIMITS, deadlines, _ -> {});
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .addFilter(
                (chain, request, _) -> {
                  LIMITS.attachTo(request);
                  chain.proceed();
                })
            .addFilter(deadlines)
            .addFilter((_, request, response) -> serve(request, response));
    errors.addTo(routing);
    HttpListener.Served routed =
        new HttpListener.Served(
            Router.builder().addRouting(routing).build(), deadlines, errors.refusals());
    try {
      ClientSocket.Listener listener = new ClientSocket.Listener();
      var _ = HttpListener.open(listener, LIMITS, routed, metrics);
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(ServerRequest request, ServerResponse response) {
    int number = methods.size();
    methods.add(request.prologue().method().text());
    look(() -> requireSameHead(request, number));
    RequestAddress address = RequestAddress.of(request, "");
    JsonBody body = JsonBody.of(request);
    switch (request.path().path()) {
      case "/range" -> {
        NewDateRange range = NewDateRange.read(body, NOW);
        range.of(new UUID(1, number));
        Json.send(response, 202, range.view());
      }
      case "/settings" -> {
        ChannelSettings settings =
            ChannelSettings.read(body.object("settings"), ChannelSettings.DEFAULT);
        body.check();
        Json.send(response, 200, settings);
      }
      default -> {
        look(() -> requireSameBody(body, number));
        body.check();
        Json.send(response, 200, Map.of("host", address.host()));
      }
    }
  }

  private void look(Runnable check) {
    try {
      check.run();
    } catch (Error | RuntimeException e) {
      finding = e;
    }
  }

  private void requireSameHead(ServerRequest request, int number) {
    if (number >= other.messages().size()) {
      FuzzTarget.check(
          other.refused() || number == other.messages().size(), "a request that is none");
      return;
    }
    HttpRequest head = other.messages().get(number).head();
    String method = request.prologue().method().text();
    // Helidon takes small letters for large ones.
    FuzzTarget.check(
        head.method().name().equalsIgnoreCase(method), method + " and " + head.method());
    String path = request.prologue().uriPath().rawPath();
    String otherPath = head.uri().split("[?]", 2)[0];
    FuzzTarget.check(otherPath.equals(path) || !isAscii(otherPath), path + " and " + otherPath);
  }

  private void requireSameBody(JsonBody body, int number) {
    if (number < other.messages().size()) {
      ReadTwice.check(body, SecondReader.bytes(other.messages().get(number)));
    } else {
      FuzzTarget.check(other.refused(), "a body is taken that has not come to its end");
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }

  private void requireProblems(byte[] bytes) {
    SecondReader.Read<HttpResponse> answers = SecondReader.answers(bytes, methods);
    FuzzTarget.check(!answers.refused(), "an answer that cannot be read");
    FuzzTarget.check(
        other.messages().isEmpty() || !answers.messages().isEmpty(), "it is not answered");
    for (SecondReader.Message<HttpResponse> answer : answers.messages()) {
      int status = answer.head().status().code();
      FuzzTarget.check(status != 500, "something went wrong: the log has it");
      if (status >= 400 && answer.body().isReadable()) {
        String type = answer.head().headers().get("content-type", "");
        FuzzTarget.check(type.equals("application/problem+json"), "refused with " + type);
        JsonNode problem = Json.MAPPER.readTree(SecondReader.bytes(answer));
        FuzzTarget.check(problem.path("status").asInt(0) == status, "told as " + problem);
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    String all =
        """
        {"name":"demo","n":7,"x":1.5e3,"a":["b","\\u00e9\\ud83d\\ude00"],"o":{"p":{"q":null}},"t":""}\
        """;
    String range =
        """
        {"class":"com.example.ad","start":"2027-01-15T08:00:01.5Z","durationSeconds":30.25,\
        "plannedDurationSeconds":1e1,"attributes":{"X-A":"b","X-N":1.50,"SCTE35-OUT":"0xFC00",\
        "CUE":"PRE,ONCE"}}\
        """;
    String interstitial =
        """
        {"class":"com.apple.hls.interstitial","attributes":{"X-ASSET-URI":"http://a/\\ud83d\\ude00"}}\
        """;
    String settings = "{\"settings\":{\"partMs\":200,\"segmentMs\":2000,\"graceMs\":0}}";
    String chunks = "5\r\n{\"a\":\r\n3\r\n12}\r\n0\r\n\r\n";
    return List.of(
        seed(post("/", all)),
        seed(post("/range", range) + post("/range", interstitial) + get("/range")),
        seed(post("/settings", settings) + post("/settings", "{\"settings\":{\"partMs\":1}}")),
        seed(
            post(
                "/range",
                "{\"class\":\"\\ud83d\\ude00\",\"start\":\"x\",\"attributes\":{\"a\":[]}}")),
        seed(head("POST", "/", "Transfer-Encoding: chunked\r\n") + chunks + get("/a?b=c#d")),
        seed(head("POST", "/", "Expect: 100-continue\r\nContent-Length: 2\r\n") + "{}" + get("/")),
        seed(
            head("HEAD", "/", "")
                + head("GET", "/%41", "Content-Length: 3\r\n")
                + "abc"
                + get("/")),
        seed(
            head("PUT", "/", "Content-Type: text/plain\r\nContent-Length: 2\r\n")
                + "{}"
                + get("/")),
        seed(head("GET", "/", "Connection: close\r\nX-Forwarded-Proto: https\r\n") + get("/")),
        seed(head("POST", "/", "Content-Length: 9\r\n") + "{}"));
  }

  private static String get(String path) {
    return head("GET", path, "");
  }

  private static String post(String path, String body) {
    return head("POST", path, "Content-Length: " + body.length() + "\r\n") + body;
  }

  private static String head(String method, String path, String more) {
    return "%s %s HTTP/1.1\r\nHost: a:8090\r\n%s\r\n".formatted(method, path, more);
  }

  private static byte[] seed(String requests) {
    return ("\u00ff" + requests).getBytes(StandardCharsets.ISO_8859_1);
  }
}
