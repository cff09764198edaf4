package io.millrace.delivery.http;

import io.millrace.media.Bytes;
import io.millrace.window.index.PartView;
import io.millrace.window.store.PartHead;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/**
 * Prepares the head of an HTTP/1.1 answer with a whole part, which is kept in front of the part: it
 * says the same to all who ask. Confined to the thread that stores parts.
 *
 * <p>Its Date is when the part came: the answer is made then (RFC 9110 6.6.1), and from it caches
 * know how old it is (RFC 9111 4.2.3).
 */
public final class PartHeads implements PartHead {
  private final HttpDate date;

  public PartHeads(Clock clock) {
    this.date = new HttpDate(clock);
  }

  @Override
  public byte[] of(Bytes sha256, int length) {
    String etag = "\"" + PartView.etag(sha256) + "\"";
    return Responses.mediaHead(200, date.text(), Responses.SEGMENT, etag, Responses.AN_HOUR)
        .with("Content-Length", Integer.toString(length))
        .text()
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
