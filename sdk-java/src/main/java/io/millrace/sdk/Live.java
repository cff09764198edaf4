package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is on air on a channel.
 *
 * @param state whether there is something to watch
 * @param broadcast the broadcast on air, a new id for each time the channel goes on air; null where
 *     nothing is on air
 * @param since when the broadcast began; null where nothing is on air
 * @param viewers how many have asked for a playlist in the last 10 s, at all edges together
 * @param bitrateBps what comes in, in bits per second; null where it is not known yet
 * @param latency from the arrival at the ingest to being there at the edge: the highest of the
 *     edges; null where no edge with viewers knows it
 * @param tracks what the encoder sends; empty where nothing is on air
 * @param publisher the encoder's address and what it calls itself; null where nothing is on air
 * @param hints what the broadcaster should change, each a sentence; empty where all is well
 */
public record Live(
    State state,
    @Nullable UUID broadcast,
    @Nullable Instant since,
    int viewers,
    @Nullable Long bitrateBps,
    @Nullable Duration latency,
    List<Track> tracks,
    @Nullable String publisher,
    List<String> hints) {
  /** Whether there is something to watch. */
  public enum State {
    /** Nothing is on air. */
    OFFLINE,
    /** An encoder publishes. */
    LIVE,
    /** The encoder is gone; it may come back to the same broadcast within the grace period. */
    WAITING,
    /** A state that this version of the library does not know. */
    UNKNOWN
  }

  /** Takes copies of the lists. */
  public Live {
    requireNonNull(state, "state");
    tracks = List.copyOf(tracks);
    hints = List.copyOf(hints);
  }

  /** {@return whether viewers have something to watch: live, or waiting for the encoder} */
  public boolean isOnAir() {
    return state == State.LIVE || state == State.WAITING;
  }
}
