package io.millrace.sdk.internal;

import io.millrace.sdk.CallInterruptedException;
import io.millrace.sdk.ClientClosedException;
import io.millrace.sdk.MalformedAnswerException;
import io.millrace.sdk.MillraceException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that is ready to be sent, and what its answer is read as. It can be sent by whoever
 * waits for the answer, or for a future.
 */
public final class Call<T> {
  static final String JSON = "application/json";

  private static final HttpResponse.BodyHandler<byte[]> BOUNDED =
      info -> new BoundedBytes(Json.MOST_BYTES);

  private final HttpTransport transport;
  private final HttpRequest request;
  private final Function<JsonObject, T> reader;

  Call(HttpTransport transport, HttpRequest request, Function<JsonObject, T> reader) {
    this.transport = transport;
    this.request = request;
    this.reader = reader;
  }

  /** Sends the request and waits for the answer. */
  public T await() {
    return await(exchange -> {});
  }

  /** Also gives out what can be cancelled to end the wait, which is then a closed client. */
  T await(Consumer<CompletableFuture<?>> started) {
    CompletableFuture<HttpResponse<byte[]>> exchange = transport.send(request, BOUNDED);
    started.accept(exchange);
    try {
      return read(exchange.get());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(
          HttpTransport.shown(request) + ": the thread was interrupted", e);
    } catch (ExecutionException e) {
      throw transport.failure(request, e.getCause() == null ? e : e.getCause());
    } catch (CancellationException e) {
      throw new ClientClosedException(HttpTransport.shown(request) + ": closed", e);
    }
  }

  /** Sends the request. Cancelling the future closes the connection. */
  public CompletableFuture<T> async() {
    CompletableFuture<T> promise = new CompletableFuture<>();
    CompletableFuture<HttpResponse<byte[]>> exchange = transport.send(request, BOUNDED);
    CompletableFuture<?> unused =
        exchange.whenCompleteAsync(
            (response, error) -> complete(promise, response, error), transport.executor());
    unused = promise.whenComplete((value, error) -> exchange.cancel(true));
    return promise;
  }

  private void complete(
      CompletableFuture<T> promise,
      @Nullable HttpResponse<byte[]> response,
      @Nullable Throwable error) {
    if (response == null) {
      promise.completeExceptionally(
          transport.failure(request, error == null ? new CancellationException() : error));
      return;
    }
    try {
      promise.complete(read(response));
    } catch (RuntimeException e) {
      promise.completeExceptionally(e);
    }
  }

  private T read(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status < 200 || status > 299) {
      throw problem(request, response, response.body());
    }
    try {
      return reader.apply(body(response));
    } catch (FormatException e) {
      throw new MalformedAnswerException(
          "%s: what answers is not the API: %s".formatted(shown(), e.getMessage()), status, e);
    }
  }

  private static JsonObject body(HttpResponse<byte[]> response) {
    if (response.statusCode() == 204) {
      return new JsonObject("", Map.of());
    }
    String type = mediaType(response);
    if (!type.equals(JSON)) {
      throw new FormatException("content-type: \"%s\" (expected: %s)".formatted(type, JSON));
    }
    return Json.object(response.body());
  }

  /** What an answer with the status of an error, or of a redirect, says. */
  static MillraceException problem(HttpRequest request, HttpResponse<?> response, byte[] document) {
    int status = response.statusCode();
    String what = HttpTransport.shown(request) + ": ";
    if (status >= 400 && mediaType(response).equals(Problems.MEDIA_TYPE)) {
      try {
        return Problems.read(status, document);
      } catch (FormatException e) {
        return new MalformedAnswerException(
            what + "status %d with a broken problem: %s".formatted(status, e.getMessage()),
            status,
            e);
      }
    }
    String where = response.headers().firstValue("Location").map(" to %s"::formatted).orElse("");
    return new MalformedAnswerException(
        what + "status %d%s (expected: the API's answer)".formatted(status, where), status, null);
  }

  static String mediaType(HttpResponse<?> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private String shown() {
    return HttpTransport.shown(request);
  }
}
