package io.millrace.media.track;

import io.millrace.media.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the length-prefixed NAL units of a sample (ISO 14496-15 4.3.3). A sample that is not
 * made of them has none from where it breaks on, nor has one more than any picture has. Some
 * encoders write units of no bytes, which are passed over.
 */
final class NalUnits {
  private static final int MOST_UNITS = 4_096;

  private final Bytes sample;
  private final int lengthSize;
  private int at;
  private int start;
  private int units;

  NalUnits(Bytes sample, int lengthSize) {
    this.sample = sample;
    this.lengthSize = lengthSize;
  }

  /** The next NAL unit, at least a byte long; null where there is none. */
  @Nullable Bytes next() {
    while (at + lengthSize <= sample.length() && units < MOST_UNITS) {
      units++;
      long length = 0;
      for (int i = 0; i < lengthSize; i++) {
        length = length << 8 | sample.unsigned(at + i);
      }
      int nal = at + lengthSize;
      if (length > sample.length() - nal) {
        return null;
      }
      start = at;
      at = nal + (int) length;
      if (length > 0) {
        return sample.slice(nal, (int) length);
      }
    }
    return null;
  }

  /** Where the one that was returned last begins in the sample, its length prefix included. */
  int start() {
    return start;
  }

  /** Where it ends; after the last, where those of no bytes behind it end too. */
  int end() {
    return at;
  }
}
