package io.millrace.server.client;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to the API of a control plane. Blocks; any thread. */
public final class ApiClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int CONNECT_TIMEOUT_MS = 3_000;
  private static final int READ_TIMEOUT_MS = 15_000;

  private final URI base;
  private final String token;

  public ApiClient(String url, String token) {
    try {
      this.base = URI.create(url.endsWith("/") ? url : url + "/");
    } catch (IllegalArgumentException e) {
      throw new ServerException("control.url: \"%s\" (expected: http://HOST:PORT)".formatted(url));
    }
    if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
      throw new ServerException("control.url: \"%s\" (expected: http://HOST:PORT)".formatted(url));
    }
    this.token = token;
  }

  public String url() {
    return base.toString();
  }

  public JsonNode get(String path) {
    return send("GET", path, null).orElseThrow();
  }

  /** Empty where nothing is there. */
  public Optional<JsonNode> find(String path) {
    Answer answer = send("GET", path, null);
    return answer.status() == HttpURLConnection.HTTP_NOT_FOUND
        ? Optional.empty()
        : Optional.of(answer.orElseThrow());
  }

  public JsonNode post(String path, @Nullable Map<String, ?> body) {
    return send("POST", path, body).orElseThrow();
  }

  /** By another client than the rest: the JDK's older one, which starts faster, has no PATCH. */
  public JsonNode patch(String path, Map<String, ?> body) {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("api/v1/" + path))
            .timeout(Duration.ofMillis(READ_TIMEOUT_MS))
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json, application/problem+json")
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofMillis(CONNECT_TIMEOUT_MS)).build()) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(base, response.statusCode(), parse(response.body())).orElseThrow();
    } catch (IOException e) {
      throw noAnswer(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer(e);
    }
  }

  private ServerException noAnswer(Exception cause) {
    return new ServerException(
        "no control plane answers at %s (%s)".formatted(base, cause.getMessage()), cause);
  }

  public void delete(String path) {
    var _ = send("DELETE", path, null).orElseThrow();
  }

  /** One segment of a path, escaped. */
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private record Answer(URI base, int status, JsonNode json) {
    JsonNode orElseThrow() {
      if (status >= 400) {
        String detail = json.path("detail").asString("");
        throw new ServerException(
            detail.isEmpty() ? "%s answers with status %d".formatted(base, status) : detail);
      }
      return json;
    }
  }

  private Answer send(String method, String path, @Nullable Map<String, ?> body) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) base.resolve("api/v1/" + path).toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
      connection.setReadTimeout(READ_TIMEOUT_MS);
      connection.setRequestProperty("Authorization", "Bearer " + token);
      connection.setRequestProperty("Accept", "application/json, application/problem+json");
      if (body != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(JSON.writeValueAsBytes(body));
      }
      return answer(connection);
    } catch (IOException e) {
      throw noAnswer(e);
    }
  }

  private Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    byte[] bytes = new byte[0];
    if (stream != null) {
      try (stream) {
        bytes = stream.readAllBytes();
      }
    }
    return new Answer(base, status, parse(bytes));
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
    } catch (JacksonException e) {
      return JSON.createObjectNode(); // not ours: a proxy's page, say
    }
  }
}
