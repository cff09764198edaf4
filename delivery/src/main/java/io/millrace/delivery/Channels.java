package io.millrace.delivery;

import io.millrace.control.token.TokenTrust;

/** Finds the channels that viewers ask for. */
@FunctionalInterface
public interface Channels {
  /** Says what is known of a name. */
  sealed interface Found {
    /** The channel, followed from now on where it was not. */
    record Watched(WatchedChannel channel) implements Found {}

    /** There is no such channel. */
    record Unknown() implements Found {}

    /** Whether there is one cannot be told yet. */
    record NotKnownYet() implements Found {}

    Found UNKNOWN = new Unknown();
    Found NOT_KNOWN_YET = new NotKnownYet();
  }

  /** Looks a name or an id up. Called on event loops: at once, never blocks. */
  Found find(String nameOrId);

  /**
   * Decides which viewers' tokens are good: the same object until that changes. Called as {@link
   * #find} is.
   */
  default TokenTrust tokens() {
    return TokenTrust.NONE;
  }
}
