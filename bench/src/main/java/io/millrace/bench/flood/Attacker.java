package io.millrace.bench.flood;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One attacking connection, seen from the attacker. Confined to one thread, which blocks. */
final class Attacker implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int SMALL_WINDOW_BYTES = 4_096;
  private static final int BYTES_A_PAUSE = 16 << 10;
  private static final long PAUSE_NS = 50_000_000;

  private final Socket socket = new Socket();
  private final SplittableRandom random;
  private int sentSincePause;

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

  /**
   * Sends at a pace that leaves the machine, which attacker and attacked share, to the attacked:
   * without it a few dozen connections measure the scheduler.
   */
  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    sentSincePause += bytes.length;
    if (sentSincePause >= BYTES_A_PAUSE) {
      sentSincePause = 0;
      LockSupport.parkNanos(PAUSE_NS);
    }
  }

  /** Reads and drops so many bytes. */
  void skip(int bytes) throws IOException {
    InputStream in = socket.getInputStream();
    in.skipNBytes(bytes);
  }

  /** Reads so many bytes. */
  byte[] read(int bytes) throws IOException {
    byte[] read = socket.getInputStream().readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("closed after %d of %d bytes".formatted(read.length, bytes));
    }
    return read;
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
