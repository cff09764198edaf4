package io.millrace.conformance.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {
  private static final byte[] BODY = "an open segment, in chunks".getBytes(StandardCharsets.UTF_8);

  private static BoundedBody body(int maxBytes) {
    BoundedBody body = new BoundedBody(maxBytes);
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {}
        });
    return body;
  }

  private static CompletableFuture<BoundedBody.Received> received(BoundedBody body) {
    return body.getBody().toCompletableFuture();
  }

  private static ByteBuffer piece(int from, int to) {
    return ByteBuffer.wrap(BODY, from, to - from);
  }

  @Test
  void collectsTheSameAtEverySplitAndNotesEachPiece() {
    for (int split = 1; split < BODY.length; split++) {
      BoundedBody body = body(BODY.length);
      body.onNext(List.of(piece(0, split)));
      body.onNext(List.of(piece(split, BODY.length)));
      body.onComplete();

      BoundedBody.Received received = received(body).join();
      assertThat(received.bytes()).as("split at %d", split).isEqualTo(BODY);
      assertThat(received.arrivals())
          .as("split at %d", split)
          .extracting(Answer.Arrival::bytes)
          .containsExactly((long) split, (long) BODY.length);
    }
  }

  @Test
  void takesBuffersThatCameAtOnceForOneArrival() {
    for (int split = 1; split < BODY.length; split++) {
      BoundedBody body = body(BODY.length);
      body.onNext(List.of(piece(0, split), piece(split, BODY.length)));
      body.onComplete();

      assertThat(received(body).join().arrivals())
          .extracting(Answer.Arrival::bytes)
          .containsExactly((long) BODY.length);
    }
  }

  @Test
  void refusesAByteTooManyAtEverySplit() {
    for (int split = 1; split < BODY.length; split++) {
      BoundedBody body = body(BODY.length - 1);
      body.onNext(List.of(piece(0, split)));
      body.onNext(List.of(piece(split, BODY.length)));
      body.onComplete();

      assertThat(received(body)).as("split at %d", split).isCompletedExceptionally();
    }
  }
}
