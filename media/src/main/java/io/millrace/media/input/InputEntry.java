package io.millrace.media.input;

import io.millrace.media.channel.Fence;
import java.util.Objects;

/**
 * Numbers one record of the input log.
 *
 * @param number counts from 1 without a gap within one fence
 */
public record InputEntry(long number, Fence fence, InputRecord record) {
  public InputEntry {
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(record, "record");
    if (number < 1) {
      throw new IllegalArgumentException("number: " + number + " (expected: 1 or more)");
    }
  }
}
