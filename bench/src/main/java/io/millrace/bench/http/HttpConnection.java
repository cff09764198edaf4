package io.millrace.bench.http;

import io.millrace.media.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Sends GET requests one after the other on one connection. Confined to one thread. */
public final class HttpConnection implements AutoCloseable {
  private static final int MAX_HEADER_LINE = 8192;

  private final String host;
  private final Socket socket;
  private final InputStream in;

  public HttpConnection(URI address, Duration timeout) throws IOException {
    host = address.getHost() + ":" + address.getPort();
    socket = new Socket();
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    socket.setSoTimeout((int) timeout.toMillis());
    socket.connect(
        new InetSocketAddress(address.getHost(), address.getPort()), (int) timeout.toMillis());
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** Asks for {@code path} and reads the whole answer. */
  public HttpAnswer get(String path) throws IOException {
    send(path);
    return read();
  }

  private void send(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private HttpAnswer read() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      throw new IOException("connection closed before an answer");
    }
    long firstByteNs = System.nanoTime();
    in.reset();
    String[] statusLine = line().split(" ", 3);
    int status = Integer.parseInt(statusLine[1]);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return new HttpAnswer(status, Map.copyOf(headers), Bytes.wrap(body(headers)), firstByteNs);
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        body.write(in.readNBytes(size));
        line();
      }
      line();
      return body.toByteArray();
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException(
          "connection closed after %d of %d bytes".formatted(body.length, length));
    }
    return body;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() > MAX_HEADER_LINE) {
        throw new IOException("answer ends inside a header line");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
