package io.millrace.control.link;

import io.millrace.control.link.wire.ControlLinkGrpc;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Speaks HTTP/2 frame by frame, as no well-meant client does. Confined to one thread. */
final class Http2Peer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  private static final int TIMEOUT_MS = 60_000;

  /** A frame that came. */
  record Frame(int type, int flags, ByteBuffer payload) {}

  private final Socket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

  /** Connects and has the preface and empty settings wait for {@link #flush}. */
  Http2Peer(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MS);
    in = new DataInputStream(socket.getInputStream());
    waiting.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    add(SETTINGS, 0, 0);
  }

  void add(int type, int flags, int stream, byte... payload) throws IOException {
    DataOutputStream out = new DataOutputStream(waiting);
    out.writeByte(0);
    out.writeShort(payload.length);
    out.write(new byte[] {(byte) type, (byte) flags});
    out.writeInt(stream);
    out.write(payload);
  }

  /** Begins a call that registers a node, and does no more for it. */
  void addCall(int stream) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86}); // :method POST, :scheme http
    addField(fields, ":path", "/" + ControlLinkGrpc.getConnectMethod().getFullMethodName());
    addField(fields, "content-type", "application/grpc");
    addField(fields, "te", "trailers");
    add(HEADERS, END_HEADERS, stream, fields.toByteArray());
  }

  /** A literal without indexing, its name new (RFC 7541 6.2.2). */
  private static void addField(ByteArrayOutputStream fields, String name, String value) {
    fields.write(0);
    for (String text : List.of(name, value)) {
      fields.write(text.length());
      fields.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  void flush() throws IOException {
    socket.getOutputStream().write(waiting.toByteArray());
    waiting.reset();
  }

  /** Reads on, answering settings and pings, up to a frame of this type. */
  Frame await(int type) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type() == type) {
        return frame;
      }
      answer(frame);
    }
  }

  /** Reads on, answering settings and pings, until the other side closes. */
  void awaitClose() throws IOException {
    try {
      while (true) {
        answer(read());
      }
    } catch (EOFException e) {
      // As awaited.
    }
  }

  private void answer(Frame frame) throws IOException {
    boolean isAsked = (frame.flags() & ACK) == 0;
    if (isAsked && (frame.type() == SETTINGS || frame.type() == PING)) {
      add(frame.type(), ACK, 0, frame.type() == PING ? frame.payload().array() : new byte[0]);
      flush();
    }
  }

  private Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    in.readInt(); // the stream
    byte[] payload = in.readNBytes(length);
    return new Frame(type, flags, ByteBuffer.wrap(payload));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
