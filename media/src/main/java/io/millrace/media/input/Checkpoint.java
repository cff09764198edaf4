package io.millrace.media.input;

import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import java.util.Objects;

/**
 * Stands for all entries of an input log up to a number: the state of a packager that has taken
 * them. A packager that begins with it and the entries that follow makes the same output as one
 * that had the whole log.
 *
 * @param number of the last entry that is in it; 0: none
 * @param fence of the log
 * @param state as packagers write it; nobody else reads it
 */
public record Checkpoint(long number, Fence fence, Bytes state) {
  public Checkpoint {
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(state, "state");
    if (number < 0) {
      throw new IllegalArgumentException("number: " + number + " (expected: 0 or more)");
    }
  }
}
