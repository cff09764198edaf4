package io.millrace.window.index;

import io.millrace.media.Bytes;
import io.millrace.media.index.PartKey;
import io.millrace.window.store.PartBytes;
import org.jspecify.annotations.Nullable;

/**
 * One part of a segment.
 *
 * @param startTicks base media decode time, the rendition's timescale
 * @param independent whether decoding can start at one of its samples
 * @param startsIndependent whether it can start at the first
 * @param sizeBytes 0 for a gap
 * @param etag the first 16 hexadecimal digits of its SHA-256; empty for a gap
 * @param keyframeBytes from its beginning to the end of the picture that it begins with, if that
 *     can be decoded by itself; else 0
 * @param presentationTicks the earliest presentation time of its samples, of a gap its start; the
 *     rendition's timescale
 * @param last whether no more parts of its segment are expected; more may follow all the same
 * @param bytes where its bytes are or will be; null for a gap
 */
public record PartView(
    PartKey key,
    long startTicks,
    long durationTicks,
    boolean independent,
    boolean startsIndependent,
    int sizeBytes,
    String etag,
    int keyframeBytes,
    long presentationTicks,
    boolean last,
    @Nullable PartBytes bytes) {
  private static final int ETAG_BYTES = 8;

  /** Of a part with this hash. */
  public static String etag(Bytes sha256) {
    return sha256.slice(0, Math.min(ETAG_BYTES, sha256.length())).toHex();
  }

  public boolean gap() {
    return bytes == null;
  }
}
