package io.millrace.delivery;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** An HTTP/2 client of single frames, whose streams have no window. */
final class Http2Client implements AutoCloseable {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GO_AWAY = 7;
  static final int WINDOW_UPDATE = 8;

  private final Socket socket;
  private final DataInputStream in;
  final Set<Integer> answered = new HashSet<>();
  final Set<Integer> ended = new HashSet<>();

  /** The last streams that the server has said it answers (RFC 9113 6.8). */
  final List<Integer> goAways = new ArrayList<>();

  private int stream = -1;

  Http2Client(int port) throws IOException {
    this(port, "127.0.0.1");
  }

  Http2Client(int port, String from) throws IOException {
    socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    write(PREFACE);
    send(SETTINGS, 0, 0, "\0\4\0\0\0\0");
  }

  /** Returns the stream. Literals without indexing (RFC 7541 6.2.2), but for the scheme. */
  int ask(String method, String path, String... field) throws IOException {
    stream += 2;
    String more = field.length == 0 ? "" : "\0" + text(field[0]) + text(field[1]);
    send(HEADERS, 0x5, stream, request(method, path) + more);
    return stream;
  }

  /** Asks so often at once, by a server that may close the connection over it. */
  void askOften(int times, String path) throws IOException {
    StringBuilder frames = new StringBuilder();
    for (int i = 0; i < times; i++) {
      stream += 2;
      frames.append(frame(HEADERS, 0x5, stream, request("GET", path)));
    }
    try {
      write(frames.toString());
    } catch (SocketException e) {
      // closed before all were written: whoever asks so often looks at what the server counted
    }
  }

  private static String request(String method, String path) {
    return "\2" + text(method) + "\u0086" + "\4" + text(path);
  }

  /** A request whose body does not come; returns the stream. */
  int beginPost(String path) throws IOException {
    stream += 2;
    send(HEADERS, 0x4, stream, "\u0083\u0086" + "\4" + text(path));
    return stream;
  }

  private static String text(String value) {
    return (char) value.length() + value;
  }

  void send(int type, int flags, int of, String payload) throws IOException {
    write(frame(type, flags, of, payload));
  }

  /** One frame (RFC 9113 4.1), a character for each byte. */
  static String frame(int type, int flags, int stream, String payload) {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.putInt(payload.length() << 8 | type).put((byte) flags).putInt(stream);
    return new String(head.array(), StandardCharsets.ISO_8859_1) + payload;
  }

  private void write(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  void readUntilAnswered(int of) throws IOException {
    socket.setSoTimeout(10_000);
    while (!answered.contains(of)) {
      readFrame();
    }
  }

  void readUntilEnded(int of) throws IOException {
    socket.setSoTimeout(10_000);
    while (!ended.contains(of)) {
      readFrame();
    }
  }

  void readUntilGoAway() throws IOException {
    socket.setSoTimeout(10_000);
    while (goAways.isEmpty()) {
      readFrame();
    }
  }

  void readUntilClosed() throws IOException {
    socket.setSoTimeout(10_000);
    try {
      while (true) {
        readFrame();
      }
    } catch (EOFException e) {
      // as it should
    }
  }

  void readFor(int millis) throws IOException {
    long untilNs = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (System.nanoTime() < untilNs) {
      socket.setSoTimeout(millis);
      try {
        readFrame();
      } catch (SocketTimeoutException e) {
        return;
      }
    }
  }

  private void readFrame() throws IOException {
    int lengthAndType = in.readInt();
    in.readByte();
    int of = in.readInt();
    int type = lengthAndType & 0xFF;
    if (type == GO_AWAY) {
      goAways.add(in.readInt());
    }
    in.skipNBytes((lengthAndType >>> 8) - (type == GO_AWAY ? Integer.BYTES : 0));
    switch (type) {
      case HEADERS -> answered.add(of);
      case RST_STREAM -> ended.add(of);
      default -> {}
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
