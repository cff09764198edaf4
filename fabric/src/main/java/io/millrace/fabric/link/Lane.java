package io.millrace.fabric.link;

import org.agrona.DirectBuffer;

/** Carries messages of one stream in order, in one direction. The transport's part of a link. */
public interface Lane {
  enum Offer {
    SENT,
    /** No room now; offer again later. */
    BUSY,
    /** The stream is gone, and the link with it. */
    CLOSED
  }

  /** The longest message that {@link #offer} takes. */
  int mostMessageBytes();

  /** Sends the first {@code length} bytes of {@code message}, or nothing. */
  Offer offer(DirectBuffer message, int length);

  /** Sends a head and the bytes that follow it as one message, or nothing. */
  Offer offer(DirectBuffer head, int headLength, DirectBuffer body, int from, int length);
}
