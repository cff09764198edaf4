package io.millrace.conformance.http;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;

/**
 * One request.
 *
 * @param maxBytes that an answer may have, unpacked
 * @param timeout for all of the answer
 * @param range of bytes to ask for, {@code bytes=0-99}; empty for all
 */
public record Ask(URI uri, int maxBytes, Duration timeout, String range) {
  private static final int MAX_TEXT_BYTES = 4 << 20;
  private static final int MAX_MEDIA_BYTES = 64 << 20;

  public Ask {
    requireNonNull(uri, "uri");
    requireNonNull(timeout, "timeout");
    requireNonNull(range, "range");
  }

  /** A playlist, a manifest, a time. */
  public static Ask text(URI uri, Duration timeout) {
    return new Ask(uri, MAX_TEXT_BYTES, timeout, "");
  }

  /** An init section, a part, a segment. */
  public static Ask media(URI uri, Duration timeout) {
    return new Ask(uri, MAX_MEDIA_BYTES, timeout, "");
  }

  public Ask withRange(String bytes) {
    return new Ask(uri, maxBytes, timeout, bytes);
  }
}
