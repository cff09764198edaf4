package io.millrace.bench.publish;

import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Publishes tags at the pace of their times until it is closed; a thread of its own. */
public final class Broadcast implements AutoCloseable {
  /** Hears of every frame, on the broadcast's thread. */
  @FunctionalInterface
  public interface Listener {
    /** {@code writtenNs}: {@link System#nanoTime()} just before the tag's last byte was written. */
    void onSent(FlvTag tag, long writtenNs);
  }

  private final RtmpPublisher publisher;
  private final TagSource source;
  private final Listener listener;
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable IOException failure;

  private Broadcast(RtmpPublisher publisher, TagSource source, Listener listener) {
    this.publisher = publisher;
    this.source = source;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("broadcast").unstarted(this::run);
  }

  /** Connects, and begins once the server has consented; the clip in a loop. */
  public static Broadcast start(String host, int port, String key, Clip clip, Listener listener)
      throws IOException {
    return start(RtmpPublisher.publish(host, port, key), new ClipLoop(clip), listener);
  }

  /** The same of what {@code source} gives. */
  public static Broadcast start(String host, int port, String key, TagSource source)
      throws IOException {
    return start(RtmpPublisher.publish(host, port, key), source, (tag, writtenNs) -> {});
  }

  private static Broadcast start(RtmpPublisher publisher, TagSource source, Listener listener) {
    Broadcast broadcast = new Broadcast(publisher, source, listener);
    broadcast.thread.start();
    return broadcast;
  }

  private void run() {
    try {
      long startNs = System.nanoTime();
      while (!closing) {
        FlvTag tag = source.next();
        awaitUntil(startNs + tag.timestampMs() * 1_000_000);
        if (closing) {
          return;
        }
        long writtenNs = publisher.send(tag, tag.timestampMs());
        if (Clip.isFrame(tag)) {
          listener.onSent(tag, writtenNs);
        }
      }
    } catch (IOException e) {
      if (!closing) {
        failure = e;
      }
    }
  }

  private void awaitUntil(long dueNs) {
    for (long waitNs = dueNs - System.nanoTime();
        waitNs > 0 && !closing;
        waitNs = dueNs - System.nanoTime()) {
      LockSupport.parkNanos(waitNs);
    }
  }

  /** Throws where the broadcast ended against its will. */
  public void check() throws IOException {
    IOException seen = failure;
    if (seen != null) {
      throw new IOException("the broadcast ended: " + seen.getMessage(), seen);
    }
  }

  /** Ends the broadcast as an encoder does that is told to stop. */
  @Override
  public void close() throws IOException {
    try (publisher) {
      end();
    }
  }

  /** Ends the broadcast without a word. */
  public void abort() throws IOException {
    closing = true;
    publisher.abort();
    end();
  }

  private void end() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
