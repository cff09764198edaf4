package io.millrace.sdk.internal;

import io.millrace.sdk.ClientClosedException;
import io.millrace.sdk.MalformedAnswerException;
import io.millrace.sdk.MillraceException;
import io.millrace.sdk.TimedOutException;
import io.millrace.sdk.TransportException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests with the token, and knows every one that is open. Redirects are not followed, so
 * the token goes nowhere else. Any thread.
 */
public final class HttpTransport implements AutoCloseable {
  private static final String API = "api/v1/";
  private static final Duration IDLE_THREADS_LIVE = Duration.ofSeconds(5);
  private static final AtomicInteger THREADS = new AtomicInteger();

  private final URI base;
  private final String token;
  private final Duration timeout;
  private final ThreadPoolExecutor executor;

  /** Null once closed: without a reference to it, an HttpClient of Java 17 ends its thread. */
  private final AtomicReference<@Nullable HttpClient> http;

  private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private final AtomicLong exchanges = new AtomicLong();
  private final Set<EventReader> watches = ConcurrentHashMap.newKeySet();

  /**
   * Opens no connection yet.
   *
   * @param base http or https, ends with a slash
   * @param timeout for a whole exchange, from the connection to the answer's last byte
   */
  public HttpTransport(URI base, String token, Duration connectTimeout, Duration timeout) {
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    this.executor =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_THREADS_LIVE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            HttpTransport::thread,
            // Only after close: what comes in late still reaches whoever waits for it.
            (task, pool) -> task.run());
    this.http =
        new AtomicReference<>(
            HttpClient.newBuilder()
                .connectTimeout(connectTimeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .build());
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "millrace-sdk-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Where futures are completed. */
  Executor executor() {
    return executor;
  }

  /** Runs what waits for something, on a thread of its own; on this one once this is closed. */
  public void start(Runnable task) {
    executor.execute(task);
  }

  HttpRequest request(String method, String path, byte @Nullable [] body, String accept) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + API + path))
            .header("Authorization", "Bearer " + token)
            .header("Accept", accept);
    if (body == null) {
      return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
    }
    return request
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  /**
   * Sends a request. The future fails with what {@link #failure} understands; cancelling it closes
   * the connection.
   */
  <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
    HttpClient client = http.get();
    if (client == null) {
      result.completeExceptionally(closed(request));
      return result;
    }
    long exchange = exchanges.incrementAndGet();
    open.put(exchange, result);
    CompletableFuture<HttpResponse<T>> sent = client.sendAsync(request, handler);
    var unused =
        sent.whenComplete(
            (response, error) -> {
              if (error == null) {
                result.complete(response);
              } else {
                result.completeExceptionally(error);
              }
            });
    unused =
        result
            .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (response, error) -> {
                  open.remove(exchange);
                  sent.cancel(true);
                });
    if (http.get() == null) {
      result.completeExceptionally(closed(request));
    }
    return result;
  }

  private static ClientClosedException closed(HttpRequest request) {
    return new ClientClosedException(shown(request) + ": the client is closed", null);
  }

  /** Says as one of our exceptions why there is no answer. */
  MillraceException failure(HttpRequest request, Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String what = shown(request) + ": ";
    if (cause instanceof ClientClosedException) {
      return new ClientClosedException(what + "the client is closed", cause);
    }
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return new TimedOutException(
          what + "no answer in time (%s)".formatted(seconds(timeout)), cause);
    }
    if (cause instanceof BoundedBytes.TooLargeException || isNotHttp(cause)) {
      return new MalformedAnswerException(
          what + "what answers is not the API: " + cause.getMessage(), 0, cause);
    }
    return new TransportException(what + "no answer: " + reason(cause), cause);
  }

  private static boolean isNotHttp(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProtocolException) {
        return true;
      }
    }
    return !(error instanceof IOException);
  }

  private static String reason(Throwable error) {
    String message = error.getMessage();
    return error.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }

  static String shown(HttpRequest request) {
    return request.method() + " " + request.uri();
  }

  static String seconds(Duration length) {
    return String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3);
  }

  void opened(EventReader watch) {
    watches.add(watch);
    if (http.get() == null) {
      watch.close();
    }
  }

  void closed(EventReader watch) {
    watches.remove(watch);
  }

  @Override
  public void close() {
    HttpClient client = http.getAndSet(null);
    List.copyOf(watches).forEach(EventReader::close);
    for (CompletableFuture<?> waiting : List.copyOf(open.values())) {
      waiting.completeExceptionally(new ClientClosedException("The client is closed", null));
    }
    if (client != null) {
      HttpClients.shutDown(client);
    }
    executor.shutdown();
  }
}
