package io.millrace.bench.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The server's end of a connection whose client sends what it has, and takes what it gets. */
final class ClientSocket extends Socket {
  private static final int PORT = 1;

  private final InputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Reads see at most {@code step} bytes each. */
  ClientSocket(byte[] sent, int step) {
    this.in =
        new ByteArrayInputStream(sent) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, step));
          }
        };
  }

  /** What the server sent up to its end; fails where there is no end. */
  byte[] awaitAnswers(int seconds) {
    try {
      FuzzTarget.check(closed.await(seconds, TimeUnit.SECONDS), "it stays open");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    return out.toByteArray();
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void shutdownInput() {}

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {
    closed.countDown();
  }

  @Override
  public InetAddress getInetAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return getRemoteSocketAddress();
  }

  @Override
  public void setSoTimeout(int timeout) {}

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) {
    return this;
  }

  /** Accepts whom it is given. */
  static final class Listener extends ServerSocket {
    private final BlockingQueue<Socket> waiting = new LinkedBlockingQueue<>();

    Listener() throws IOException {}

    void connect(ClientSocket client) {
      waiting.add(client);
    }

    @Override
    public Socket accept() throws IOException {
      try {
        return waiting.take();
      } catch (InterruptedException e) {
        throw new SocketException("closed");
      }
    }
  }
}
