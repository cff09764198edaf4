package io.millrace.media.channel;

import java.util.Objects;
import java.util.UUID;

/** Names one time on air of a channel. */
public record BroadcastId(UUID value) {
  public BroadcastId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the text form; throws {@link IllegalArgumentException} on any other text. */
  public static BroadcastId parse(String text) {
    return new BroadcastId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
