package io.millrace.media.index;

import io.millrace.media.channel.Fence;
import java.util.Objects;

/**
 * Numbers one record of the index.
 *
 * @param number counts from 1 without a gap over the channel's timelines within one fence; a
 *     snapshot for a late joiner leaves out what no longer matters, and keeps the numbers
 */
public record IndexEntry(long number, Fence fence, IndexRecord record) {
  public IndexEntry {
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(record, "record");
    if (number < 1) {
      throw new IllegalArgumentException("number: " + number + " (expected: 1 or more)");
    }
  }
}
