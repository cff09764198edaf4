package io.millrace.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseParserTest {
  private static final int MOST = 1_000;

  /** Writes down what it hears. */
  private static final class Heard implements SseParser.Handler {
    final List<String> all = new ArrayList<>();

    @Override
    public void event(String name, String data) {
      all.add(name + "|" + data);
    }

    @Override
    public void retry(Duration delay) {
      all.add("retry " + delay.toMillis());
    }
  }

  private static List<String> read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
  }

  private static List<String> read(byte[] bytes, int step) {
    Heard heard = new Heard();
    SseParser parser = new SseParser(MOST, heard);
    for (int at = 0; at < bytes.length; at += Math.min(step, bytes.length - at)) {
      parser.accept(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)));
    }
    return heard.all;
  }

  @Test
  void readsEventsCommentsAndRetries() {
    assertThat(
            read(
                """
                retry: 1000
                event: snapshot
                data: {}

                : nothing new

                event:channel
                data:{
                data:  x
                data
                data: }
                id: 7

                data: plain

                """))
        .containsExactly("retry 1000", "snapshot|{}", "channel|{\n x\n\n}", "|plain");
  }

  @Test
  void anEventWithoutDataOrEndIsNone() {
    assertThat(read("event: a\n\ndata: b\n\nevent: c\ndata: not ended\n")).containsExactly("|b");
  }

  @Test
  void everyEndOfLineIsOne() {
    assertThat(read("event: a\rdata: b\r\rdata: c\r\n\r\ndata: d\n\n"))
        .containsExactly("a|b", "|c", "|d");
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    assertThat(read("\uFEFFdata: a\n\ndata: \uFEFFb\n\n")).containsExactly("|a", "|\uFEFFb");
  }

  @Test
  void aRetryThatIsNoNumberIsPassedOver() {
    assertThat(read("retry: -1\nretry: 1s\nretry:\nretry: ٣\nretry: 12345678901\nretry: 5\n"))
        .containsExactly("retry 5");
  }

  @Test
  void everySplitPointIsTheSame() {
    byte[] text =
        "\uFEFFretry: 7\r\nevent: ä\r\ndata: ö€😀\r\n\r\n: c\r\rdata: x\ndata: y\n\n"
            .getBytes(StandardCharsets.UTF_8);
    List<String> whole = read(text, Integer.MAX_VALUE);
    assertThat(whole).containsExactly("retry 7", "ä|ö€😀", "|x\ny");

    assertThat(read(text, 1)).isEqualTo(whole);
    for (int split = 1; split < text.length; split++) {
      Heard heard = new Heard();
      SseParser parser = new SseParser(MOST, heard);
      parser.accept(ByteBuffer.wrap(text, 0, split));
      parser.accept(ByteBuffer.wrap(text, split, text.length - split));
      assertThat(heard.all).as("split at %d", split).isEqualTo(whole);
    }
  }

  @Test
  void whatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> read("x".repeat(MOST + 1))).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> read("data: 123456789\n".repeat(MOST / 9 + 1)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("1000 bytes");
    assertThat(read(": a comment that is not kept\n".repeat(MOST))).isEmpty();
  }

  @Test
  void anyBytesAreReadOrRefused() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(200)];
      String alphabet = "\r\n\n: eventdatary\0é";
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            random.nextInt(10) == 0
                ? (byte) random.nextInt(256)
                : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      assertThat(read(bytes, 1)).as("seed %d", seed).isEqualTo(read(bytes, Integer.MAX_VALUE));
    }
  }
}
