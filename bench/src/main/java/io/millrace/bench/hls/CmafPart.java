package io.millrace.bench.hls;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;

/** Looks into a part's boxes (ISO 14496-12), enough to count its samples. */
public final class CmafPart {
  private static final int MOOF = 0x6d6f6f66;
  private static final int TRAF = 0x74726166;
  private static final int TRUN = 0x7472756e;

  private CmafPart() {}

  /** How many samples the part's {@code trun} boxes list. */
  public static int sampleCount(Bytes part) {
    return count(part.asByteBuffer());
  }

  private static int count(ByteBuffer boxes) {
    int samples = 0;
    while (boxes.remaining() >= 8) {
      int start = boxes.position();
      int size = boxes.getInt();
      int type = boxes.getInt();
      if (size < 8 || start + size > boxes.limit()) {
        throw new IllegalArgumentException("box size %d at %d does not fit".formatted(size, start));
      }
      ByteBuffer body = boxes.slice(start + 8, size - 8);
      if (type == MOOF || type == TRAF) {
        samples += count(body);
      } else if (type == TRUN) {
        samples += body.getInt(4);
      }
      boxes.position(start + size);
    }
    return samples;
  }
}
