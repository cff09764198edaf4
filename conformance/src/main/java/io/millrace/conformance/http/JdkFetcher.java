package io.millrace.conformance.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * Fetches with the JDK's client: HTTP/2, also by upgrade from clear text, or HTTP/1.1.
 *
 * <p>Follows few redirects, unpacks gzip up to the limit of what was asked for, and gives up at the
 * timeout however slowly bytes come. Looks at each request how busy this machine is.
 */
public final class JdkFetcher implements Fetcher, AutoCloseable {
  private static final int MAX_REDIRECTS = 5;
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

  private final BusyProcessors processors = new BusyProcessors();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_2)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_WITHIN)
          .build();

  @Override
  public Answer get(Ask ask) throws FetchException, InterruptedException {
    URI uri = ask.uri();
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      Answer answer = once(ask, uri, redirects);
      String location = answer.header("location");
      boolean redirected =
          switch (answer.status()) {
            case 301, 302, 303, 307, 308 -> !location.isEmpty();
            default -> false;
          };
      if (!redirected) {
        return answer;
      }
      uri = target(uri, location);
    }
    throw new FetchException(
        "%s: more than %d redirects (expected: media)".formatted(ask.uri(), MAX_REDIRECTS));
  }

  private static URI target(URI from, String location) throws FetchException {
    try {
      URI target = from.resolve(location);
      if ("http".equals(target.getScheme()) || "https".equals(target.getScheme())) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      throw new FetchException("%s: Location: %s (expected: a URI)".formatted(from, location), e);
    }
    throw new FetchException(
        "%s: Location: %s (expected: an http or https URI)".formatted(from, location));
  }

  private Answer once(Ask ask, URI uri, int redirects) throws FetchException, InterruptedException {
    HttpRequest request = request(ask, uri);
    processors.sample(System.nanoTime());
    long sentNs = System.nanoTime();
    CompletableFuture<HttpResponse<BoundedBody.Received>> pending =
        client.sendAsync(request, _ -> new BoundedBody(ask.maxBytes()));
    try {
      HttpResponse<BoundedBody.Received> response =
          pending.get(ask.timeout().toMillis(), TimeUnit.MILLISECONDS);
      BoundedBody.Received received = response.body();
      return new Answer(
          uri,
          response.statusCode(),
          headers(response.headers()),
          unpacked(uri, response, ask.maxBytes()),
          response.version() == HttpClient.Version.HTTP_2 ? "HTTP/2" : "HTTP/1.1",
          redirects,
          sentNs,
          received.headNs(),
          received.arrivals(),
          received.endNs(),
          Instant.now());
    } catch (TimeoutException e) {
      throw new FetchException(
          "%s: no whole answer (expected: within %d ms)".formatted(uri, ask.timeout().toMillis()),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new FetchException("%s: %s".formatted(uri, said), cause);
    } finally {
      pending.cancel(true);
      processors.sample(System.nanoTime());
    }
  }

  private static HttpRequest request(Ask ask, URI uri) throws FetchException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .header("Accept-Encoding", "gzip")
              .header("Origin", "https://millrace.invalid")
              .header("User-Agent", "millrace-check");
      if (!ask.range().isEmpty()) {
        request.header("Range", ask.range());
      }
      return request.build();
    } catch (IllegalArgumentException e) {
      throw new FetchException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static Map<String, String> headers(HttpHeaders headers) {
    Map<String, String> first = new HashMap<>();
    headers
        .map()
        .forEach((name, values) -> first.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    return first;
  }

  private static byte[] unpacked(URI uri, HttpResponse<BoundedBody.Received> response, int maxBytes)
      throws FetchException {
    byte[] body = response.body().bytes();
    boolean gzip =
        response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
    if (!gzip || body.length == 0) {
      return body;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] plain = in.readNBytes(maxBytes + 1);
      if (plain.length > maxBytes) {
        throw new FetchException(
            "%s: unpacks to more (expected: up to %d bytes)".formatted(uri, maxBytes));
      }
      return plain;
    } catch (FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new FetchException("%s: gzip: %s".formatted(uri, e.getMessage()), e);
    }
  }

  @Override
  public long nowNs() {
    return System.nanoTime();
  }

  @Override
  public long stalledNs(long fromNs, long toNs) {
    return processors.busyNs(fromNs, toNs);
  }

  @Override
  public Instant wallClock() {
    return Instant.now();
  }

  @Override
  public void pause(Duration length) throws InterruptedException {
    Thread.sleep(length);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
