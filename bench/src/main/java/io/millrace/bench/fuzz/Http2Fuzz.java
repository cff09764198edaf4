package io.millrace.bench.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What a viewer sends over HTTP/2. The first byte says how it is cut, the second what comes before
 * it and what happens meanwhile; the rest is the client's bytes, or what frames are made of, so
 * that a longer payload makes no other frames of those behind it.
 */
final class Http2Fuzz implements FuzzTarget.Parser {
  /** By {@code Upgrade: h2c}, with as many bytes of settings as the third says. */
  private static final int UPGRADE = 1;

  /** Nothing comes before it, not even the preface. */
  private static final int BARE = 2;

  private static final int FRAMES = 4;
  private static final int LOOKS = 8;
  private static final int MORE = 16;
  private static final int GONE = 32;

  private static final int HEADER = 2;
  private static final int HEADERS = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int MOST_LOOKS = 8;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String REQUEST =
      """
      GET %s HTTP/1.1\r
      Host: a\r
      Connection: Upgrade, HTTP2-Settings\r
      Upgrade: h2c\r
      HTTP2-Settings: %s\r
      \r
      """;

  @Override
  public void feed(byte[] input) {
    if (input.length <= HEADER) {
      return;
    }
    int mode = input[1];
    byte[] sent = sent(input, mode);
    int step = 1 + (input[0] & 0xFF);
    int looks = 0;
    try (ViewerConnection viewer = new ViewerConnection()) {
      for (int from = 0; from < sent.length && viewer.isReading(); from += step) {
        viewer.receive(sent, from, Math.min(step, sent.length - from));
        if ((mode & LOOKS) != 0 && looks++ < MOST_LOOKS) {
          viewer.look();
        }
        if ((mode & MORE) != 0 && from >= sent.length / 2) {
          viewer.showMore();
        }
      }
      if ((mode & GONE) != 0) {
        viewer.showNothing();
      }
    }
  }

  private static byte[] sent(byte[] input, int mode) {
    ByteBuf out = Unpooled.buffer(input.length + 256);
    int at = HEADER;
    if ((mode & BARE) == 0) {
      if ((mode & UPGRADE) != 0) {
        int end = Math.min(input.length, at + 1 + (input[at] & 0xFF));
        write(out, upgrade(Arrays.copyOfRange(input, at + 1, end)));
        at = end;
      }
      write(out, PREFACE);
    }
    if ((mode & FRAMES) == 0) {
      out.writeBytes(input, at, input.length - at);
    } else {
      writeFrames(out, input, at);
    }
    return ByteBufUtil.getBytes(out);
  }

  private static String upgrade(byte[] settings) {
    return REQUEST.formatted(
        ShownChannel.LIVE.path("index.m3u8"), Base64.getUrlEncoder().encodeToString(settings));
  }

  /** Each of a length, a type, flags, a stream, and so many bytes. */
  private static void writeFrames(ByteBuf out, byte[] input, int from) {
    int at = from;
    while (at + 4 <= input.length) {
      int length = Math.min(input[at] & 0xFF, input.length - at - 4);
      out.writeMedium(length).writeByte(input[at + 1]).writeByte(input[at + 2]);
      out.writeInt(input[at + 3] & 0xFF);
      out.writeBytes(input, at + 4, length);
      at += 4 + length;
    }
  }

  private static void write(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
  }

  @Override
  public List<byte[]> seeds() {
    ShownChannel shown = ShownChannel.LIVE;
    String settings = frame(4, 0, 0, "\0\3\0\0\0\144\0\4\0\0\100\0");
    String window = frame(8, 0, 0, "\0\1\0\0");
    String playlist = get(1, shown.path("index.m3u8"), "");
    String waits = get(3, shown.path("index.m3u8?_HLS_msn=4&_HLS_part=6"), "");
    String multivariant = get(5, "/live/show/index.m3u8", field("accept-encoding", "gzip"));
    String part = get(7, shown.path("2.3.m4s"), field("range", "bytes=0-99"));
    String segment = get(9, shown.path("2.m4s"), field("if-none-match", "\"x\""));
    String open = get(11, shown.path("4.m4s"), "");
    String manifest = get(13, "/live/show/manifest.mpd", "");
    String none = get(15, "/live/early/index.m3u8", "");
    String noWindow = frame(4, 0, 0, "\0\4\0\0\0\0");
    String widened = frame(8, 0, 1, "\0\0\0\7") + frame(8, 0, 7, "\0\0\1\0");
    String reset = frame(3, 0, 3, "\0\0\0\10");
    String body = frame(HEADERS, END_HEADERS, 17, request("/time", "")) + frame(0, 1, 17, "body");
    String head = frame(HEADERS, END_STREAM, 19, request("/ti", "")) + frame(9, 4, 19, "");
    String control = frame(6, 0, 0, "12345678") + frame(4, 1, 0, "") + frame(2, 0, 1, "\0\0\0\0\7");
    return List.of(
        seed(255, 0, settings + window + playlist + multivariant + part + segment),
        seed(40, 0, settings + playlist + waits + open + manifest + none + reset + control),
        seed(255, LOOKS | MORE, settings + waits + open + reset + body + head),
        seed(90, LOOKS | MORE, noWindow + playlist + waits + part + segment + open + widened),
        seed(255, GONE, noWindow + waits + open + playlist + reset),
        seed(255, UPGRADE | MORE, "\6\0\4\0\0\0\0" + settings + waits + open + widened),
        seed(20, UPGRADE, "\14\0\3\0\0\0\144\0\4\0\0\100\0" + settings + multivariant),
        seed(255, BARE, REQUEST.formatted("/time", "AAMAAABkAAQAoAAA") + PREFACE + settings + none),
        seed(255, BARE, PREFACE + settings + get(1, "/time", "")),
        seed(200, FRAMES | MORE, record(4, 0, 0, "\0\4\0\0\0\100") + records(shown)),
        seed(200, FRAMES | LOOKS | MORE, records(shown)),
        seed(200, FRAMES | UPGRADE | GONE, "\6\0\4\0\0\0\0" + records(shown)));
  }

  private static String records(ShownChannel shown) {
    return record(4, 0, 0, "")
        + record(HEADERS, END_STREAM | END_HEADERS, 3, request(shown.path("2.m4s"), ""))
        + record(HEADERS, END_STREAM | END_HEADERS, 5, request(shown.path("4.m4s"), ""))
        + record(HEADERS, END_STREAM | END_HEADERS, 7, request(shown.path("4.5.m4s"), ""))
        + record(HEADERS, END_HEADERS, 9, request("/live/show/index.m3u8", ""))
        + record(0, END_STREAM, 9, "body")
        + record(8, 0, 3, "\0\0\0\100")
        + record(8, 0, 0, "\0\0\100\0")
        + record(6, 0, 0, "12345678")
        + record(3, 0, 5, "\0\0\0\10")
        + record(4, 0, 0, "\0\4\0\0\100\0")
        + record(7, 0, 0, "\0\0\0\0\0\0\0\0");
  }

  private static String get(int stream, String path, String more) {
    return frame(HEADERS, END_STREAM | END_HEADERS, stream, request(path, more));
  }

  /** A header block (RFC 7541): GET, http and the path without Huffman's code. */
  private static String request(String path, String more) {
    return "\u0082\u0086\4" + string(path) + more;
  }

  private static String field(String name, String value) {
    return "\0" + string(name) + string(value);
  }

  private static String string(String text) {
    return (char) text.length() + text;
  }

  private static String frame(int type, int flags, int stream, String payload) {
    String head = "\0\0" + (char) payload.length() + (char) type + (char) flags;
    return head + "\0\0\0" + (char) stream + payload;
  }

  private static String record(int type, int flags, int stream, String payload) {
    return "" + (char) payload.length() + (char) type + (char) flags + (char) stream + payload;
  }

  private static byte[] seed(int cut, int mode, String bytes) {
    return ("" + (char) cut + (char) mode + bytes).getBytes(StandardCharsets.ISO_8859_1);
  }
}
