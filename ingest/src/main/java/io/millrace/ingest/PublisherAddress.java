package io.millrace.ingest;

import java.util.Objects;

/**
 * Says where a publisher comes from.
 *
 * @param protocol {@code rtmp}, {@code srt}
 * @param peer address and port as text
 */
public record PublisherAddress(String protocol, String peer) {
  public PublisherAddress {
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(peer, "peer");
  }
}
