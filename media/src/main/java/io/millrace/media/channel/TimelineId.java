package io.millrace.media.channel;

import java.util.Objects;
import java.util.UUID;

/**
 * Names one run of segment numbers; addresses of media carry it, so no address is ever used for
 * other bytes.
 */
public record TimelineId(UUID value) {
  public TimelineId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the text form; throws {@link IllegalArgumentException} on any other text. */
  public static TimelineId parse(String text) {
    return new TimelineId(UUID.fromString(text));
  }

  /** Another id, the same whenever it is asked for. */
  public TimelineId next() {
    return new TimelineId(
        new UUID(value.getMostSignificantBits(), value.getLeastSignificantBits() + 1));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
