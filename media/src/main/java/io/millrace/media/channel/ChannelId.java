package io.millrace.media.channel;

import java.util.Objects;
import java.util.UUID;

/** Names a channel for ever; its public name can change. */
public record ChannelId(UUID value) {
  public ChannelId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the text form; throws {@link IllegalArgumentException} on any other text. */
  public static ChannelId parse(String text) {
    return new ChannelId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
