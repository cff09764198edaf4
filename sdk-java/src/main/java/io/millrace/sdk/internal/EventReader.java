package io.millrace.sdk.internal;

import io.millrace.sdk.CallInterruptedException;
import io.millrace.sdk.ChannelEvent;
import io.millrace.sdk.ClientClosedException;
import io.millrace.sdk.MalformedAnswerException;
import io.millrace.sdk.MillraceException;
import io.millrace.sdk.ProblemException;
import io.millrace.sdk.TimedOutException;
import io.millrace.sdk.TransportException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the API's stream of events, and connects again where it breaks. Whoever asks for the next
 * event does the work in that time: it waits for the connection, the bytes, or the next attempt.
 * One thread at a time reads, the others wait for it; any thread may close.
 */
public final class EventReader implements AutoCloseable {
  private static final String STREAM = "text/event-stream";
  private static final Duration FOREVER = Duration.ofDays(36_500);

  /** A stream, or the document that came instead. */
  private static final class Body {
    final @Nullable EventFeed feed;
    final byte[] document;

    Body(@Nullable EventFeed feed, byte[] document) {
      this.feed = feed;
      this.document = document;
    }
  }

  private final HttpTransport transport;
  private final HttpRequest request;
  private final EventTimings timings;
  private final EventScope scope;
  private final Backoff backoff;
  private final ReentrantLock reading = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);

  // What close has to end: the newest wait and the newest stream.
  private volatile @Nullable CompletableFuture<?> waitedFor;
  private volatile @Nullable EventFeed newest;

  // The reader's.
  private final Queue<ChannelEvent> ready = new ArrayDeque<>();
  private @Nullable CompletableFuture<HttpResponse<Body>> connecting;
  private @Nullable EventFeed feed;
  private SseParser parser;
  private long retryAtNs = System.nanoTime();

  EventReader(HttpTransport transport, EventTimings timings, EventScope scope) {
    this.transport = transport;
    this.timings = timings;
    this.scope = scope;
    this.request = transport.request("GET", "events", null, STREAM + ", " + Problems.MEDIA_TYPE);
    this.backoff = new Backoff(timings.firstDelay(), timings.mostDelay(), new SplittableRandom());
    this.parser = newParser();
    transport.opened(this);
  }

  /** Whether there will be no more events; does not wait for who reads. */
  public boolean isEnded() {
    return closed.getCount() == 0;
  }

  /** The next event, however long it takes; empty where there will be none. */
  public Optional<ChannelEvent> next() {
    return next(FOREVER);
  }

  /** The next event; empty where none came in time, or there will be none. */
  public Optional<ChannelEvent> next(Duration timeout) {
    Duration bounded = timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER;
    long deadlineNs = System.nanoTime() + bounded.toNanos();
    try {
      reading.lockInterruptibly();
      try {
        return next(deadlineNs);
      } finally {
        reading.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(shown() + ": the thread was interrupted", e);
    }
  }

  private Optional<ChannelEvent> next(long deadlineNs) throws InterruptedException {
    while (!isEnded()) {
      ChannelEvent event = ready.poll();
      if (event != null) {
        if (scope.isOver() && event instanceof ChannelEvent.Removed) {
          close();
        }
        return Optional.of(event);
      }
      if (!advance(deadlineNs)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Does the next thing that is to do; false where time is up before. */
  private boolean advance(long deadlineNs) throws InterruptedException {
    EventFeed stream = feed;
    if (stream != null) {
      return read(stream, deadlineNs);
    }
    CompletableFuture<HttpResponse<Body>> attempt = connecting;
    if (attempt == null) {
      long leftNs = Math.min(retryAtNs, deadlineNs) - System.nanoTime();
      if (closed.await(leftNs, TimeUnit.NANOSECONDS)) {
        return true;
      }
      if (retryAtNs - System.nanoTime() > 0) {
        return false;
      }
      attempt = transport.send(request, this::body);
      connecting = attempt;
      waitFor(attempt);
    }
    return connect(attempt, deadlineNs);
  }

  /** Called by the connection's thread. */
  private HttpResponse.BodySubscriber<Body> body(HttpResponse.ResponseInfo info) {
    String type = info.headers().firstValue("Content-Type").orElse("");
    if (info.statusCode() != 200 || !type.startsWith(STREAM)) {
      return HttpResponse.BodySubscribers.mapping(
          new BoundedBytes(Json.MOST_BYTES), document -> new Body(null, document));
    }
    EventFeed stream = new EventFeed();
    newest = stream;
    if (isEnded()) {
      stream.close();
    }
    return HttpResponse.BodySubscribers.mapping(stream, opened -> new Body(opened, new byte[0]));
  }

  private boolean connect(CompletableFuture<HttpResponse<Body>> attempt, long deadlineNs)
      throws InterruptedException {
    try {
      HttpResponse<Body> response =
          attempt.get(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      connecting = null;
      opened(response);
    } catch (TimeoutException e) {
      return false; // the attempt goes on
    } catch (ExecutionException e) {
      connecting = null;
      failed(transport.failure(request, e.getCause() == null ? e : e.getCause()));
    } catch (CancellationException e) {
      connecting = null; // closed
    }
    return true;
  }

  private void opened(HttpResponse<Body> response) {
    EventFeed stream = response.body().feed;
    if (stream != null) {
      parser = newParser();
      feed = stream;
    } else if (response.statusCode() >= 200 && response.statusCode() <= 299) {
      failed(
          new MalformedAnswerException(
              "%s: content-type: \"%s\" (expected: %s)"
                  .formatted(shown(), Call.mediaType(response), STREAM),
              response.statusCode(),
              null));
    } else {
      failed(Call.problem(request, response, response.body().document));
    }
  }

  private boolean read(EventFeed stream, long deadlineNs) throws InterruptedException {
    Duration left = Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
    Duration silenceLeft = timings.mostSilence().minus(stream.silence());
    Duration wait = left.compareTo(silenceLeft) < 0 ? left : silenceLeft;
    try {
      List<ByteBuffer> bytes = stream.take(wait.isNegative() ? Duration.ZERO : wait);
      if (!bytes.isEmpty()) {
        bytes.forEach(parser::accept);
      } else if (stream.silence().compareTo(timings.mostSilence()) >= 0) {
        failed(
            new TimedOutException(
                "%s: nothing came for %s (expected: a line every 10 s)"
                    .formatted(shown(), HttpTransport.seconds(timings.mostSilence())),
                null));
      } else {
        return false;
      }
    } catch (IOException e) {
      failed(new TransportException(shown() + ": " + e.getMessage(), e));
    } catch (FormatException e) {
      failed(new MalformedAnswerException(shown() + ": " + e.getMessage(), 200, e));
    } catch (CallInterruptedException e) {
      disconnect(); // the snapshot is not complete: it has to come again
      throw e;
    } catch (MillraceException e) {
      failed(e);
    }
    return true;
  }

  private SseParser newParser() {
    return new SseParser(
        Json.MOST_BYTES,
        new SseParser.Handler() {
          @Override
          public void event(String name, String data) {
            EventReader.this.event(name, data);
          }

          @Override
          public void retry(Duration delay) {
            backoff.first(delay);
          }
        });
  }

  private void event(String name, String data) {
    switch (name) {
      case "snapshot" -> {
        scope.snapshot(ChannelFormat.channels(json(data)), this::fetch, ready::add);
        backoff.reset();
      }
      case "channel" -> scope.changed(ChannelFormat.channel(json(data)), ready::add);
      case "removed" -> {
        JsonObject removed = json(data);
        scope.removed(removed.uuid("id"), removed.string("name"), ready::add);
      }
      default -> {} // about nodes, or newer than we are
    }
  }

  private static JsonObject json(String data) {
    return Json.object(data.getBytes(StandardCharsets.UTF_8));
  }

  private <T> T fetch(Call<T> call) {
    return call.await(this::waitFor);
  }

  /** Lets close end a wait. */
  private void waitFor(CompletableFuture<?> future) {
    waitedFor = future;
    if (isEnded()) {
      future.cancel(true);
    }
  }

  /** Tries again later, or ends where that would not help. */
  private void failed(MillraceException cause) {
    disconnect();
    if (isEnded()) {
      return;
    }
    if (isFinal(cause)) {
      close();
      throw cause;
    }
    Duration delay = backoff.next();
    retryAtNs = System.nanoTime() + delay.toNanos();
    ready.add(new ChannelEvent.Disconnected(cause, backoff.attempts(), delay));
  }

  private static boolean isFinal(MillraceException cause) {
    int status = 0;
    if (cause instanceof ProblemException problem) {
      status = problem.status();
    } else if (cause instanceof MalformedAnswerException malformed) {
      status = malformed.status();
    }
    boolean passes = status == 408 || status == 429;
    return cause instanceof ClientClosedException || (status >= 300 && status < 500 && !passes);
  }

  private void disconnect() {
    EventFeed stream = feed;
    feed = null;
    if (stream != null) {
      stream.close();
    }
  }

  private String shown() {
    return HttpTransport.shown(request);
  }

  /** Ends the connection, and the wait of whoever reads. */
  @Override
  public void close() {
    closed.countDown();
    CompletableFuture<?> future = waitedFor;
    if (future != null) {
      future.cancel(true);
    }
    EventFeed stream = newest;
    if (stream != null) {
      stream.close();
    }
    transport.closed(this);
  }
}
