package io.millrace.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the floor that this machine sets: one byte sent over loopback TCP to a thread that waits
 * for it, and back.
 */
public final class LoopbackEcho {
  private LoopbackEcho() {}

  /** Round trips in nanoseconds, {@code count} of them, {@code pauseNs} apart. */
  public static long[] roundTrips(int count, long pauseNs) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofPlatform().daemon().name("echo").start(() -> echo(server));
      long[] times = new long[count];
      for (int i = 0; i < count; i++) {
        LockSupport.parkNanos(pauseNs);
        long start = System.nanoTime();
        client.getOutputStream().write(1);
        if (client.getInputStream().read() < 0) {
          throw new IOException("the echo closed");
        }
        times[i] = System.nanoTime() - start;
      }
      return times;
    }
  }

  private static void echo(Socket socket) {
    try {
      for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
        socket.getOutputStream().write(b);
      }
    } catch (IOException e) {
      // The measurement is over: its sockets are closed.
    }
  }
}
