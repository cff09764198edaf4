package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.window.store.PartStoreConfig;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Viewers get the same, however parts are kept and whatever sends them. */
class WaysToTheSocketTest {
  private static final PartStoreConfig FILES = PartStoreConfig.defaults();

  @ParameterizedTest
  @EnumSource
  void sendsTheSameFromFilesAndFromBuffers(Transport transport) throws IOException {
    assumeTrue(transport != Transport.IO_URING || IoUring.isAvailable(), "no io_uring here");

    List<String> fromFiles = answers(transport, FILES);

    assertThat(answers(transport, FILES.withFiles(null, 1))).isEqualTo(fromFiles);
    assertThat(answers(Transport.NIO, FILES)).isEqualTo(fromFiles);
    assertThat(fromFiles.get(0)).startsWith("HTTP/1.1 200").contains("Content-Length: 80000\r\n");
    assertThat(fromFiles.get(1)).startsWith("HTTP/1.1 200").hasSizeLessThan(1_000);
    assertThat(fromFiles.get(2)).startsWith("HTTP/1.1 206").endsWith(last(fromFiles.get(0), 70));
    assertThat(fromFiles.get(3)).contains("Content-Length: 400000\r\n");
    assertThat(fromFiles.get(6)).startsWith("HTTP/1.1 304");
    assertThat(fromFiles.get(7)).contains("\r\nConnection: close\r\n");
  }

  private static String last(String text, int length) {
    return text.substring(text.length() - length);
  }

  /** All that a connection gets for requests that it sends at once, without dates. */
  private static List<String> answers(Transport transport, PartStoreConfig store)
      throws IOException {
    DeliveryConfig.Builder config = DeliveryConfig.builder().eventLoops(1).transport(transport);
    try (Served served = new Served(config, 30, store)) {
      served.stream.partBytes(80_000, 600);
      served.onAir(3, 2);
      String part = served.path("v1", "1.1.m4s");
      String segment = served.path("v1", "1.m4s");
      String etag = served.get(part).headers().firstValue("etag").orElseThrow();
      List<String> requests =
          List.of(
              "GET " + part,
              "HEAD " + part,
              "GET " + part + " HTTP/1.1\r\nRange: bytes=-70",
              "GET " + segment,
              "GET " + segment + " HTTP/1.1\r\nRange: bytes=79990-240009",
              "GET " + served.path("a2", "2.m4s"),
              "GET " + part + " HTTP/1.1\r\nIf-None-Match: " + etag,
              "GET " + part + " HTTP/1.1\r\nConnection: close");
      StringBuilder all = new StringBuilder();
      for (String request : requests) {
        String line = request.contains(" HTTP/1.1") ? request : request + " HTTP/1.1";
        all.append(line).append("\r\nHost: a\r\n\r\n");
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
        socket.getOutputStream().write(all.toString().getBytes(StandardCharsets.ISO_8859_1));
        String read =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return split(read.replaceAll("\r\nDate: [^\r]*", ""), requests);
      }
    }
  }

  private static List<String> split(String read, List<String> requests) {
    List<String> answers = new ArrayList<>();
    int from = 0;
    for (String request : requests) {
      int body = read.indexOf("\r\n\r\n", from) + 4;
      String head = read.substring(from, body);
      boolean none = request.startsWith("HEAD") || head.startsWith("HTTP/1.1 304");
      int length =
          none ? 0 : Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
      answers.add(read.substring(from, body + length));
      from = body + length;
    }
    assertThat(from).as("all that came").isEqualTo(read.length());
    return answers;
  }

  @Test
  void aPreparedHeadSaysWhatTheOthersSay() throws IOException {
    List<String> answers = answers(Transport.AUTO, FILES);
    String prepared = answers.get(0).substring(0, answers.get(0).indexOf("\r\n\r\n"));
    String made = answers.get(1).substring(0, answers.get(1).indexOf("\r\n\r\n"));

    assertThat(Arrays.asList(prepared.split("\r\n"))).isEqualTo(Arrays.asList(made.split("\r\n")));
  }
}
