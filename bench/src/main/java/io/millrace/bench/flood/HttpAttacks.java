package io.millrace.bench.flood;

import io.millrace.control.link.wire.ControlLinkGrpc;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is sent to the ports that speak HTTP: 1.1, and 2 in clear text by prior knowledge. */
final class HttpAttacks {
  private static final byte[] REQUEST =
      ascii("GET /live/flood/index.m3u8 HTTP/1.1\r\nHost: localhost\r\n");
  private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int ACK = 1;
  private static final int FRAME_HEAD_BYTES = 9;
  private static final int END_HEADERS = 4;
  private static final int END_STREAM_AND_HEADERS = 5;

  /** {@code :method GET, :scheme http, :path /, :authority a}, by HPACK's static table. */
  private static final byte[] FIELDS = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'};

  /** As long as a message of a node may be. */
  private static final int MESSAGE_LENGTH = 1 << 20;

  private static final int MESSAGE_BLOCK = 8 << 10;

  /** There is room for them within what a connection may send before it has registered a node. */
  private static final int HELD_BLOCKS = 3;

  private HttpAttacks() {}

  static void randomBytes(Attacker attacker) throws IOException {
    byte[] noise = new byte[4_096];
    while (true) {
      attacker.random().nextBytes(noise);
      attacker.send(noise);
    }
  }

  static void byteASecond(Attacker attacker) throws IOException, InterruptedException {
    attacker.trickle(REQUEST);
  }

  static void endlessHeaders(Attacker attacker) throws IOException {
    attacker.send(REQUEST);
    for (int i = 0; ; i++) {
      attacker.send(ascii("X-Header-" + i + ": nothing of interest\r\n"));
    }
  }

  /** Nobody reads the body of such a request, which must not let it go on for ever. */
  static void slowBodyOfAGet(Attacker attacker) throws IOException, InterruptedException {
    attacker.send(
        ascii("GET /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"));
    attacker.trickle(new byte[1]);
  }

  /** A chunk's extension (RFC 9112 7.1.1) has no length that one could know before. */
  static void endlessChunk(Attacker attacker) throws IOException {
    attacker.send(
        ascii(
            "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Type: application/json\r\n\r\n1;"));
    byte[] more = ascii("x".repeat(4_096));
    while (true) {
      attacker.send(more);
    }
  }

  static void pipeliningWithoutReading(Attacker attacker) throws IOException {
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < 64; i++) {
      many.writeBytes(REQUEST);
      many.writeBytes(ascii("\r\n"));
    }
    while (true) {
      attacker.send(many.toByteArray());
    }
  }

  /** The contract is the largest answer that needs no token and has a name that does not change. */
  static void pipeliningLargeAnswers(Attacker attacker) throws IOException {
    while (true) {
      attacker.send(ascii("GET /api/v1/openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }
  }

  static void rapidReset(Attacker attacker) throws IOException {
    greet(attacker);
    for (int stream = 1; ; stream += 2) {
      attacker.send(frame(HEADERS, END_STREAM_AND_HEADERS, stream, FIELDS));
      attacker.send(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
    }
  }

  static void settings(Attacker attacker) throws IOException {
    greet(attacker);
    while (true) {
      attacker.send(frame(SETTINGS, 0, 0, new byte[] {0, 3, 0, 0, 0, 100}));
    }
  }

  static void pings(Attacker attacker) throws IOException {
    greet(attacker);
    while (true) {
      attacker.send(frame(PING, 0, 0, new byte[8]));
    }
  }

  /** RFC 9113 5.3.2: they mean nothing any more, and have no answer. */
  static void priorities(Attacker attacker) throws IOException {
    greet(attacker);
    while (true) {
      attacker.send(frame(PRIORITY, 0, 1, new byte[5]));
    }
  }

  /** Asks and asks, and lets the server send no byte of a body. */
  static void untakenAnswers(Attacker attacker) throws IOException {
    attacker.send(PREFACE);
    attacker.send(frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0}));
    for (int stream = 1; ; stream += 2) {
      attacker.send(frame(HEADERS, END_STREAM_AND_HEADERS, stream, FIELDS));
    }
  }

  /** Two calls, and in each a half of the largest message that a node may send. */
  static void unfinishedMessages(Attacker attacker) throws IOException {
    greet(attacker);
    for (int stream = 1; stream <= 3; stream += 2) {
      beginMessage(attacker, stream);
      for (int sent = 0; sent < MESSAGE_LENGTH / 2; sent += MESSAGE_BLOCK) {
        attacker.send(frame(DATA, 0, stream, new byte[MESSAGE_BLOCK]));
      }
    }
  }

  /** As much of such a message as a stranger may send, and then a byte a second. */
  static void heldMessage(Attacker attacker) throws IOException, InterruptedException {
    greet(attacker);
    beginMessage(attacker, 1);
    for (int i = 0; i < HELD_BLOCKS; i++) {
      attacker.send(frame(DATA, 0, 1, new byte[MESSAGE_BLOCK]));
    }
    attacker.trickle(frame(DATA, 0, 1, new byte[1]));
  }

  /** Does all that keeps a connection alive, and nothing that it is for. */
  static void noCall(Attacker attacker) throws IOException {
    greet(attacker);
    while (true) {
      ByteBuffer head = ByteBuffer.wrap(attacker.read(FRAME_HEAD_BYTES));
      byte[] payload = attacker.read(head.getInt() >> 8);
      int type = head.get(3);
      boolean isAsked = (head.get(4) & ACK) == 0;
      if (isAsked && type == SETTINGS) {
        attacker.send(frame(SETTINGS, ACK, 0, new byte[0]));
      } else if (isAsked && type == PING) {
        attacker.send(frame(PING, ACK, 0, payload));
      }
    }
  }

  /** Calls what nodes call, and sends the head of a message (gRPC over HTTP/2). */
  private static void beginMessage(Attacker attacker, int stream) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86}); // :method POST, :scheme http
    addField(fields, ":path", "/" + ControlLinkGrpc.SERVICE_NAME + "/Connect");
    addField(fields, "content-type", "application/grpc");
    addField(fields, "te", "trailers");
    attacker.send(frame(HEADERS, END_HEADERS, stream, fields.toByteArray()));
    byte[] head = ByteBuffer.allocate(5).put((byte) 0).putInt(MESSAGE_LENGTH).array();
    attacker.send(frame(DATA, 0, stream, head));
  }

  /** A literal without indexing, its name new (RFC 7541 6.2.2). */
  private static void addField(ByteArrayOutputStream fields, String name, String value) {
    fields.write(0);
    fields.write(name.length());
    fields.writeBytes(ascii(name));
    fields.write(value.length());
    fields.writeBytes(ascii(value));
  }

  private static void greet(Attacker attacker) throws IOException {
    attacker.send(PREFACE);
    attacker.send(frame(SETTINGS, 0, 0, new byte[0]));
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
