package io.millrace.bench.http;

import io.millrace.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Holds one answer.
 *
 * @param headers names in lower case
 * @param firstByteNs {@link System#nanoTime()} when the first bytes of the answer could be read
 */
public record HttpAnswer(int status, Map<String, String> headers, Bytes body, long firstByteNs) {
  public String text() {
    return new String(body.toArray(), StandardCharsets.UTF_8);
  }
}
