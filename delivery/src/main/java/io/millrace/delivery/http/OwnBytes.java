package io.millrace.delivery.http;

/**
 * Counts what the server keeps for one connection alone, in bytes of whole buffers and estimates of
 * objects: not the media and playlists that answers share. Confined to the connection's event loop.
 */
final class OwnBytes {
  /** An HTTP/2 stream with its request, or with its answer's frames. */
  static final int STREAM = 1_024;

  /** An answer that is queued, beside its buffers. */
  static final int ANSWER = 256;

  private final LoopDelivery delivery;
  private long bytes;
  private long unread;

  OwnBytes(LoopDelivery delivery) {
    this.delivery = delivery;
  }

  void add(long change) {
    bytes += change;
    delivery.own(change);
  }

  /** What of a request has come and waits for the rest of it, or for its turn. */
  void unread(long now) {
    if (now != unread) {
      add(now - unread);
      unread = now;
    }
  }

  /** Whether it is more than the connection may keep. */
  boolean isTooMuch() {
    return bytes > delivery.ownShareBytes();
  }
}
