package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

/**
 * A channel with its stream key. The API shows a key when it is made and never again: keep it, or
 * make a new one with {@link Channels#rotateKey}. Whoever has it can broadcast to the channel.
 *
 * @param channel the channel; its {@link Channel#publish} addresses carry the key
 * @param key the stream key
 */
public record ChannelWithKey(Channel channel, String key) {
  /** Checks that nothing is missing. */
  public ChannelWithKey {
    requireNonNull(channel, "channel");
    requireNonNull(key, "key");
  }

  /** {@return the channel, without the key} */
  @Override
  public String toString() {
    return "ChannelWithKey[channel=%s, key=…]".formatted(channel);
  }
}
