package io.millrace.bench.publish;

import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes TCP connections on to a port, and stops to forward for a while when it is told. To either
 * end this is a network that is cut: nothing comes and nothing is taken, the sender's buffers fill,
 * and afterwards all comes at once, as TCP loses nothing. Two virtual threads for a connection;
 * {@link #cut} is for any thread.
 */
public final class CuttableProxy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CuttableProxy.class);
  private static final int BUFFER = 1 << 14;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile long openAtNs = System.nanoTime();

  private CuttableProxy(ServerSocket server, InetSocketAddress target) {
    this.server = server;
    this.target = target;
  }

  /** Listens on any free port of the loopback interface. */
  public static CuttableProxy start(Endpoints.Endpoint target) throws IOException {
    CuttableProxy proxy =
        new CuttableProxy(
            new ServerSocket(0, /* backlog= */ 16, InetAddress.getLoopbackAddress()),
            new InetSocketAddress(target.host(), target.port()));
    Thread.ofVirtual().name("proxy-accept").start(proxy::accept);
    return proxy;
  }

  public String host() {
    return server.getInetAddress().getHostAddress();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Forwards nothing for so long from now on; returns at once. */
  public void cut(Duration length) {
    openAtNs = System.nanoTime() + length.toNanos();
  }

  private void accept() {
    while (true) {
      Socket publisher;
      try {
        publisher = server.accept();
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.warn("no publisher reaches the ingest from now on", e);
        }
        return;
      }
      connect(publisher);
    }
  }

  /** Where the ingest takes no connection the publisher's ends. */
  private void connect(Socket publisher) {
    sockets.add(publisher);
    Socket ingest = new Socket();
    sockets.add(ingest);
    try {
      ingest.connect(target);
      publisher.setTcpNoDelay(true);
      ingest.setTcpNoDelay(true);
    } catch (IOException e) {
      log.warn("{} takes no connection: {}", target, e.toString());
      close(publisher);
      close(ingest);
      return;
    }
    Thread.ofVirtual().name("proxy-there").start(() -> pump(publisher, ingest));
    Thread.ofVirtual().name("proxy-back").start(() -> pump(ingest, publisher));
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitOpen();
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      abort(to); // one end was torn off: the other is told in the same way
    } finally {
      close(from);
      close(to);
    }
  }

  private void awaitOpen() {
    for (long waitNs = openAtNs - System.nanoTime();
        waitNs > 0 && !server.isClosed();
        waitNs = openAtNs - System.nanoTime()) {
      LockSupport.parkNanos(waitNs);
    }
  }

  private static void abort(Socket socket) {
    try {
      socket.setSoLinger(/* on= */ true, /* linger= */ 0);
    } catch (IOException e) {
      log.debug("an end is closed already: {}", e.toString());
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("an end broke as it was closed: {}", e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(this::close);
  }
}
