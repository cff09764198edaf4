package io.millrace.bench.flood;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One attacking connection, seen from the attacker. Confined to one thread, which blocks. */
final class Attacker implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int SMALL_WINDOW_BYTES = 4_096;

  private final Socket socket = new Socket();
  private final SplittableRandom random;

  /** Each connection comes from an address of its own in 127.0.0.0/8, as far as there are some. */
  Attacker(InetSocketAddress server, int number) throws IOException {
    random = new SplittableRandom(number);
    try {
      socket.setReceiveBufferSize(SMALL_WINDOW_BYTES);
      socket.bind(
          new InetSocketAddress("127.0.%d.%d".formatted(1 + number / 200, 2 + number % 200), 0));
      socket.connect(server, CONNECT_TIMEOUT_MS);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  SplittableRandom random() {
    return random;
  }

  void send(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /** Reads and drops so many bytes. */
  void skip(int bytes) throws IOException {
    InputStream in = socket.getInputStream();
    in.skipNBytes(bytes);
  }

  /** One byte each second, for ever. */
  void trickle(byte[] bytes) throws IOException, InterruptedException {
    for (int i = 0; ; i = (i + 1) % bytes.length) {
      send(new byte[] {bytes[i]});
      TimeUnit.SECONDS.sleep(1);
    }
  }

  static void silence(Attacker attacker) {
    // Sends nothing: awaitClose does the rest.
  }

  /** Reads and drops until the server closes; false where it has not within the limit. */
  boolean awaitClose(Duration limit) {
    long endNs = System.nanoTime() + limit.toNanos();
    byte[] dropped = new byte[8_192];
    try {
      for (long leftNs = limit.toNanos(); leftNs > 0; leftNs = endNs - System.nanoTime()) {
        socket.setSoTimeout((int) Math.max(1, leftNs / 1_000_000));
        if (socket.getInputStream().read(dropped) < 0) {
          return true;
        }
      }
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
