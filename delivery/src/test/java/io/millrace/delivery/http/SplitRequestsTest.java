package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.limits.AddressRate;
import io.millrace.limits.FairBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection answers the same, in either HTTP, wherever what it gets is split. */
class SplitRequestsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-05-01T10:00:00Z"), ZoneOffset.UTC);

  private static final String HTTP_1 =
      request("GET /time") + request("HEAD /nowhere") + request("GET /live/nobody/index.m3u8");

  /** Preface, SETTINGS, and GET /time in literals without indexing (RFC 7541 6.2.2). */
  private static final String HTTP_2 =
      String.join(
          "",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\0\0\0\4\0\0\0\0\0",
          "\0\0\11\1\5\0\0\0\1\u0082\u0086\4\5/time");

  private final DeliveryMetrics metrics = new DeliveryMetrics(new PrometheusRegistry());

  @AfterEach
  void noBufferIsLeft() {
    LeakPresenceDetector.check();
  }

  private static String request(String line) {
    return line + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  /** All that a connection sends of what it gets in two pieces. */
  private String answers(String text, int split) {
    EmbeddedChannel channel = new EmbeddedChannel();
    LoopDelivery delivery =
        new LoopDelivery(
            channel.eventLoop(),
            DeliveryConfig.defaults(),
            _ -> Channels.Found.UNKNOWN,
            metrics,
            new LoopDelivery.Node(CLOCK, () -> 0, new FairBudget(1 << 20, () -> 1)));
    channel.pipeline().addLast(new ProtocolSelector(delivery, AddressRate.unlimited()));
    for (String piece : new String[] {text.substring(0, split), text.substring(split)}) {
      channel.writeInbound(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
      channel.runPendingTasks();
    }
    StringBuilder sent = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      sent.append(next.toString(StandardCharsets.ISO_8859_1));
      next.release();
    }
    channel.finishAndReleaseAll();
    delivery.close();
    channel.runPendingTasks();
    return sent.toString();
  }

  private void assertSameAtEverySplit(String text) {
    String whole = answers(text, 0);
    for (int split = 1; split < text.length(); split++) {
      assertThat(answers(text, split)).as("split at %d", split).isEqualTo(whole);
    }
  }

  @Test
  void answersRequestsOfHttp1() {
    assertThat(answers(HTTP_1, 0))
        .containsSubsequence(
            "HTTP/1.1 200 OK\r\n",
            "2026-05-01T10:00:00",
            "HTTP/1.1 404 Not Found\r\n",
            "HTTP/1.1 404 Not Found\r\n");
    assertSameAtEverySplit(HTTP_1);
  }

  @Test
  void answersRequestsOfHttp2() {
    assertThat(answers(HTTP_2, 0)).contains("2026-05-01T10:00:00");
    assertSameAtEverySplit(HTTP_2);
  }
}
