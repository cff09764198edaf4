package io.millrace.media.track;

import io.millrace.media.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the length-prefixed NAL units of a sample (ISO 14496-15 4.3.3). A sample that is not
 * made of them has none from where it breaks on, nor has one more than any picture has.
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
    if (at + lengthSize > sample.length() || units == MOST_UNITS) {
      return null;
    }
    units++;
    long length = 0;
    for (int i = 0; i < lengthSize; i++) {
      length = length << 8 | sample.unsigned(at + i);
    }
    int nal = at + lengthSize;
    if (length == 0 || length > sample.length() - nal) {
      return null;
    }
    start = at;
    at = nal + (int) length;
    return sample.slice(nal, (int) length);
  }

  /** Where the one that was returned last begins in the sample, its length prefix included. */
  int start() {
    return start;
  }

  /** Where it ends. */
  int end() {
    return at;
  }
}
