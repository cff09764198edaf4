package io.millrace.conformance.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One answer, whole. Times are the fetcher's, ns.
 *
 * @param uri that answered in the end
 * @param headers names in lower case, the first value of each
 * @param body unpacked
 * @param version {@code HTTP/1.1} or {@code HTTP/2}
 * @param redirects how many there were before
 * @param sentNs when the request left
 * @param headNs when status and headers were here
 * @param arrivals when how much of the body was here, in order; of a packed body, packed
 * @param endNs when the last byte was here
 * @param wallClock of this machine at {@code endNs}
 */
@SuppressWarnings("ArrayRecordComponent") // A body is handed over, not compared.
public record Answer(
    URI uri,
    int status,
    Map<String, String> headers,
    byte[] body,
    String version,
    int redirects,
    long sentNs,
    long headNs,
    List<Arrival> arrivals,
    long endNs,
    Instant wallClock) {

  /** How many bytes of the body were here at a time. */
  public record Arrival(long bytes, long atNs) {}

  public Answer {
    headers = Map.copyOf(headers);
    arrivals = List.copyOf(arrivals);
  }

  /** Empty where there is none. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** When the first byte of the body was here; the head's time where there is none. */
  public long firstByteNs() {
    return arrivals.isEmpty() ? headNs : arrivals.getFirst().atNs();
  }

  /** When the body had so many bytes. */
  public long arrivedNs(long bytes) {
    return arrivals.stream()
        .filter(arrival -> arrival.bytes() >= bytes)
        .findFirst()
        .map(Arrival::atNs)
        .orElse(endNs);
  }
}
