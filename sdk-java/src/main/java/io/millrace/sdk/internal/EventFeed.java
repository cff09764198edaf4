package io.millrace.sdk.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands a body's bytes from the connection to whoever reads them, one piece at a time: what is not
 * read is not asked for, and the connection waits. One thread reads, any may close.
 */
final class EventFeed implements HttpResponse.BodySubscriber<EventFeed> {
  /** Some bytes, or why there will be no more. */
  private record Piece(List<ByteBuffer> buffers, @Nullable IOException end) {}

  /** Never has more than one piece and two ends. */
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;

  /** The reader's: since when it has waited for the next piece. */
  private long waitingSinceNs = System.nanoTime();

  @Override
  public CompletionStage<EventFeed> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    pieces.add(new Piece(buffers, null));
  }

  @Override
  public void onError(Throwable error) {
    end(error instanceof IOException io ? io : new IOException(error));
  }

  @Override
  public void onComplete() {
    end(new EOFException("The stream of events ended"));
  }

  private void end(IOException reason) {
    pieces.add(new Piece(List.of(), reason));
  }

  /** How long nothing came although something was waited for. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - waitingSinceNs);
  }

  /**
   * Waits for the next bytes.
   *
   * @return the bytes; none where they did not come in time
   * @throws IOException at the end, also where this was closed
   */
  List<ByteBuffer> take(Duration timeout) throws IOException, InterruptedException {
    Piece piece = pieces.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (piece == null) {
      return List.of();
    }
    if (piece.end() != null) {
      pieces.add(piece);
      throw piece.end();
    }
    waitingSinceNs = System.nanoTime();
    Flow.Subscription source = subscription;
    if (source != null) {
      source.request(1);
    }
    return piece.buffers();
  }

  /** Closes the connection and wakes the reader. */
  void close() {
    closed = true;
    Flow.Subscription source = subscription;
    if (source != null) {
      source.cancel();
    }
    end(new EOFException("Closed"));
  }
}
