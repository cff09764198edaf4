package io.millrace.window.store;

import io.millrace.media.Bytes;

/**
 * Makes what is kept in front of a part's bytes, so that both can be sent as one run: what every
 * reader of the whole part is told first. Called on the agent thread.
 */
@FunctionalInterface
public interface PartHead {
  /** Nothing. */
  PartHead NONE = (_, _) -> new byte[0];

  /** For a part of so many bytes with this hash. */
  byte[] of(Bytes sha256, int length);
}
