package io.millrace.conformance.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a body up to a limit, and notes when its bytes came. Driven by the client's threads. */
final class BoundedBody implements BodySubscriber<BoundedBody.Received> {
  /** A server that sends single bytes does not get a note for each. */
  private static final int MAX_ARRIVALS = 4096;

  @SuppressWarnings("ArrayRecordComponent") // Handed over, not compared.
  record Received(byte[] bytes, long headNs, List<Answer.Arrival> arrivals, long endNs) {}

  private final int maxBytes;
  private final long headNs = System.nanoTime();
  private final CompletableFuture<Received> received = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Answer.Arrival> arrivals = new ArrayList<>();
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<Received> getBody() {
    return received;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + buffer.remaining() > maxBytes) {
        received.completeExceptionally(
            new IOException("more bytes (expected: up to %d)".formatted(maxBytes)));
        if (subscription != null) {
          subscription.cancel();
        }
        return;
      }
      byte[] piece = new byte[buffer.remaining()];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
    if (arrivals.size() < MAX_ARRIVALS && bytes.size() > 0) {
      arrivals.add(new Answer.Arrival(bytes.size(), System.nanoTime()));
    }
  }

  @Override
  public void onError(Throwable thrown) {
    received.completeExceptionally(thrown);
  }

  @Override
  public void onComplete() {
    received.complete(
        new Received(bytes.toByteArray(), headNs, List.copyOf(arrivals), System.nanoTime()));
  }
}
