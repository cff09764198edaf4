package io.millrace.bench.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CuttableProxyTest {
  private static final Duration CUT = Duration.ofMillis(200);
  private static final int TIMEOUT_MS = 20_000;

  private ServerSocket server;
  private CuttableProxy proxy;
  private Socket client;
  private Socket served;

  @BeforeEach
  void connect() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    String host = server.getInetAddress().getHostAddress();
    proxy =
        CuttableProxy.start(new Endpoints.Endpoint(host, server.getLocalPort(), "tcp://" + host));
    client = new Socket(proxy.host(), proxy.port());
    served = server.accept();
    client.setSoTimeout(TIMEOUT_MS);
    served.setSoTimeout(TIMEOUT_MS);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    served.close();
    proxy.close();
    server.close();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Socket socket, int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
  }

  @Test
  void passesBothWaysAndTheEndToo() throws Exception {
    write(client, "there");
    assertThat(read(served, 5)).isEqualTo("there");
    write(served, "back");
    assertThat(read(client, 4)).isEqualTo("back");

    client.shutdownOutput();

    assertThat(served.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void keepsWhatComesWhileItIsCut() throws Exception {
    write(client, "before");
    assertThat(read(served, 6)).isEqualTo("before");
    long startNs = System.nanoTime();
    proxy.cut(CUT);

    write(client, "meanwhile");

    assertThat(read(served, 9)).isEqualTo("meanwhile");
    assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(CUT.toNanos());
  }

  @Test
  void tearsOffTheOneEndWhenTheOtherWas() throws Exception {
    client.setSoLinger(true, 0);
    client.close();

    assertThatThrownBy(() -> served.getInputStream().read()).isInstanceOf(IOException.class);
  }
}
