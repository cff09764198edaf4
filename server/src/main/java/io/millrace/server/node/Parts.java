package io.millrace.server.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds what was started and stops it in reverse. Any thread. */
final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private record Part(String name, AutoCloseable closeable) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private boolean closed;

  /** Takes a part; one that comes when all has been stopped is stopped at once. */
  synchronized <T extends AutoCloseable> T add(String name, T part) {
    parts.push(new Part(name, part));
    if (closed) {
      close();
      throw new IllegalStateException(name + " started after the end");
    }
    return part;
  }

  /** Stops each, and goes on where one fails, or where the thread was told to hurry. */
  @Override
  public synchronized void close() {
    closed = true;
    boolean interrupted = Thread.interrupted();
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      long startNs = System.nanoTime();
      try {
        part.closeable().close();
        log.debug(
            "{} stopped in {} ms",
            part.name(),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (Exception e) { // whatever it was, the others must stop too
        log.warn("{} did not stop cleanly: {}", part.name(), e.toString());
      }
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
