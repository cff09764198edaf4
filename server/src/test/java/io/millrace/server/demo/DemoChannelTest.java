package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoChannelTest {
  private final FakeChannels channels = new FakeChannels();

  @TempDir private Path directory;
  private HttpServer server;
  private DataDirectory data;
  private DemoChannel demo;

  /** The API, as far as one channel goes; its key is empty where it is not there. */
  private static final class FakeChannels {
    private int made;
    private String key = "";

    synchronized void key(String newKey) {
      key = newKey;
    }

    synchronized void answer(HttpExchange exchange) throws IOException {
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      if (key.isEmpty() && request.endsWith("/demo")) {
        send(exchange, 404, "{\"detail\": \"There is no channel\"}");
        return;
      }
      boolean isNew =
          request.equals("POST /api/v1/channels")
              || request.equals("POST /api/v1/channels/demo/key");
      if (isNew) {
        key = "mk_%04dsecret".formatted(++made);
      }
      String shown = isNew ? ", \"key\": \"" + key + "\"" : "";
      send(exchange, 200, "{\"keyHint\": \"%s…\"%s}".formatted(key.substring(0, 7), shown));
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", channels::answer);
    server.start();
    data = DataDirectory.open(directory);
    demo =
        new DemoChannel(
            new ApiClient("http://127.0.0.1:" + server.getAddress().getPort(), "token"), data);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    data.close();
  }

  @Test
  void keepsTheKeyOfTheChannelThatItMade() {
    String key = demo.key();

    assertThat(key).isEqualTo("mk_0001secret");
    assertThat(data.secret(DemoChannel.KEY_FILE)).hasValue(key);
    assertThat(demo.key()).isEqualTo(key);
    assertThat(demo.whyNotTo(key)).isEmpty();
  }

  @Test
  void makesANewKeyWhereThatOfTheChannelIsAnother() {
    String old = demo.key();
    channels.key("mk_zzzzmade by a person");

    assertThat(demo.whyNotTo(old)).hasValue("channel demo has a new key");
    String key = demo.key();

    assertThat(key).isNotEqualTo(old).startsWith("mk_");
    assertThat(data.secret(DemoChannel.KEY_FILE)).hasValue(key);
    assertThat(demo.whyNotTo(key)).isEmpty();
  }

  @Test
  void makesTheChannelAnewWhereItIsGone() {
    String old = demo.key();
    channels.key("");

    assertThat(demo.whyNotTo(old)).hasValue("channel demo is gone");

    assertThat(demo.key()).isEqualTo("mk_0002secret");
  }

  @Test
  void aControlPlaneThatIsAwayIsNoReasonToStop() {
    String key = demo.key();
    server.stop(0);

    assertThat(demo.whyNotTo(key)).isEmpty();
  }
}
