package io.millrace.media.flv;

import io.millrace.media.Bytes;
import java.util.Objects;

/**
 * Holds one tag of an FLV file; the body is what an RTMP message of the same type carries.
 *
 * @param type {@link #AUDIO}, {@link #VIDEO} or {@link #SCRIPT}
 * @param timestampMs 0 to 2³² − 1
 */
public record FlvTag(int type, long timestampMs, Bytes body) {
  public static final int AUDIO = 8;
  public static final int VIDEO = 9;
  public static final int SCRIPT = 18;

  public FlvTag {
    Objects.requireNonNull(body, "body");
  }
}
