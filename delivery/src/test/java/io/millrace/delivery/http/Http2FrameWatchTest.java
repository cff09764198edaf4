package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class Http2FrameWatchTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
  private static final String HEADERS_UNENDED = "\0\0\3\1\0\0\0\0\1abc";
  private static final String CONTINUATION = "\0\0\2\11\4\0\0\0\1de";
  private static final String PING = "\0\0\10\6\0\0\0\0\0" + "12345678";

  private static final String ALL =
      PREFACE + SETTINGS + HEADERS_UNENDED + CONTINUATION + PING + PING + PING;

  /** What a watch tells. */
  private record Told(boolean within, long begunBytes, boolean flooded) {}

  /** Of connections that may send three frames that ask for nothing, beside a request's four. */
  private static Told told(String... pieces) {
    Http2FrameWatch watch = new Http2FrameWatch(3);
    EmbeddedChannel channel = new EmbeddedChannel(watch);
    for (String piece : pieces) {
      channel.writeInbound(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
    }
    channel.finishAndReleaseAll();
    long laterNs = LoopDelivery.nowNs() + TimeUnit.SECONDS.toNanos(1);
    return new Told(watch.isLate(laterNs, 0), watch.begunBytes(), watch.isFlooded());
  }

  @Test
  void tellsOfWhatHasBegunAndNotEnded() {
    String begun = PREFACE + SETTINGS;

    assertThat(told("PRI")).isEqualTo(new Told(true, 3, false));
    assertThat(told(begun)).isEqualTo(new Told(false, 0, false));
    assertThat(told(begun + "\0\0")).isEqualTo(new Told(true, 2, false));
    assertThat(told(begun + HEADERS_UNENDED)).isEqualTo(new Told(true, 12, false));
    assertThat(told(begun + HEADERS_UNENDED + CONTINUATION)).isEqualTo(new Told(false, 0, false));
    assertThat(told(ALL)).isEqualTo(new Told(false, 0, false));
    assertThat(told(ALL + PING.repeat(3))).isEqualTo(new Told(false, 0, true));
  }

  @Test
  void tellsTheSameAtEverySplit() {
    for (int length = 0; length <= ALL.length(); length++) {
      String begun = ALL.substring(0, length);
      Told whole = told(begun);
      for (int split = 1; split < length; split++) {
        assertThat(told(begun.substring(0, split), begun.substring(split)))
            .as("%d bytes, split at %d", length, split)
            .isEqualTo(whole);
      }
      assertThat(told(begun.split(""))).as("%d bytes", length).isEqualTo(whole);
    }
  }
}
