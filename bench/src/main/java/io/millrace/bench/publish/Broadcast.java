package io.millrace.bench.publish;

import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Publishes a clip in a loop at the pace of its times until it is closed; a thread of its own. */
public final class Broadcast implements AutoCloseable {
  /** Hears of every tag, on the broadcast's thread. */
  @FunctionalInterface
  public interface Listener {
    /** {@code writtenNs}: {@link System#nanoTime()} just before the tag's last byte was written. */
    void onSent(FlvTag tag, long writtenNs);
  }

  private final RtmpPublisher publisher;
  private final Clip clip;
  private final Listener listener;
  private final Thread thread;
  private final AtomicLong videoFrames = new AtomicLong();
  private volatile boolean closing;
  private volatile @Nullable IOException failure;

  private Broadcast(RtmpPublisher publisher, Clip clip, Listener listener) {
    this.publisher = publisher;
    this.clip = clip;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("broadcast").unstarted(this::run);
  }

  /** Connects, and begins once the server has consented. */
  public static Broadcast start(String host, int port, String key, Clip clip, Listener listener)
      throws IOException {
    Broadcast broadcast = new Broadcast(RtmpPublisher.publish(host, port, key), clip, listener);
    broadcast.thread.start();
    return broadcast;
  }

  private void run() {
    try {
      for (FlvTag header : clip.headers()) {
        publisher.send(header, 0);
      }
      long startNs = System.nanoTime();
      for (long round = 0; !closing; round++) {
        for (FlvTag frame : clip.frames()) {
          long timeMs = round * clip.durationMs() + frame.timestampMs();
          awaitUntil(startNs + timeMs * 1_000_000);
          if (closing) {
            return;
          }
          long writtenNs = publisher.send(frame, timeMs);
          if (Clip.isVideo(frame)) {
            videoFrames.incrementAndGet();
          }
          listener.onSent(frame, writtenNs);
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

  /** How many video frames were sent. */
  public long videoFrames() {
    return videoFrames.get();
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
