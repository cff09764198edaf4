package io.millrace.sdk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server that writes any bytes once it has read a request, and then closes or does nothing. */
final class RawServer implements AutoCloseable {
  /** What is done with a connection after the request's headers. */
  interface Script {
    void run(Socket socket) throws IOException, InterruptedException;
  }

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);

  RawServer(Script script) throws IOException {
    threads.execute(
        () -> {
          while (!listener.isClosed()) {
            try {
              Socket socket = listener.accept();
              sockets.add(socket);
              threads.execute(() -> serve(socket, script));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  /** Writes, each line with the end that HTTP wants, and closes the connection. */
  static Script writing(String text) {
    byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    return socket -> socket.getOutputStream().write(bytes);
  }

  /** Writes, and then nothing more until the client is gone. */
  static Script stalling(String text) {
    return socket -> {
      writing(text).run(socket);
      int end;
      do {
        end = socket.getInputStream().read();
      } while (end >= 0);
    };
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      asked.countDown();
      script.run(socket);
      left.countDown();
    } catch (IOException e) {
      left.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  URI uri() {
    return URI.create("http://localhost:" + listener.getLocalPort());
  }

  MillraceClient.Builder client() {
    return MillraceClient.builder().baseUri(uri()).token(FakeApi.TOKEN).eventTimings(FakeApi.QUICK);
  }

  /** Waits for a request. */
  boolean awaitAsked() throws InterruptedException {
    return asked.await(10, TimeUnit.SECONDS);
  }

  /** Waits for the client to close the connection, after {@link #stalling}. */
  boolean awaitLeft() throws InterruptedException {
    return left.await(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
