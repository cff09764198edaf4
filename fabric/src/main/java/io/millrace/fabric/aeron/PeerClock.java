package io.millrace.fabric.aeron;

import io.millrace.fabric.wire.ControlMessage.Heartbeat;

/**
 * Tells how far a peer's clock is from ours, from heartbeats that echo each other: of the last few,
 * the one with the shortest round trip counts. Confined to the agent thread.
 */
final class PeerClock {
  private static final int SAMPLES = 8;

  private final long[] roundTripsNs = new long[SAMPLES];
  private final long[] offsetsNs = new long[SAMPLES];
  private int count;
  private long peerSentUtcNs;
  private long heardUtcNs;

  void onHeartbeat(Heartbeat heartbeat, long nowUtcNs) {
    peerSentUtcNs = heartbeat.sentUtcNs();
    heardUtcNs = nowUtcNs;
    if (heartbeat.heardUtcNs() == 0) {
      return;
    }
    long roundTripNs = nowUtcNs - heartbeat.heardUtcNs() - heartbeat.heldNs();
    if (roundTripNs < 0) {
      return;
    }
    roundTripsNs[count % SAMPLES] = roundTripNs;
    offsetsNs[count % SAMPLES] = heartbeat.sentUtcNs() + roundTripNs / 2 - nowUtcNs;
    count++;
  }

  Heartbeat heartbeat(long link, long node, long nowUtcNs) {
    long heldNs = peerSentUtcNs == 0 ? 0 : nowUtcNs - heardUtcNs;
    return new Heartbeat(link, node, nowUtcNs, peerSentUtcNs, heldNs);
  }

  /** What to add to our clock to get the peer's; 0 until heartbeats told. */
  long offsetNs() {
    int best = 0;
    for (int i = 1; i < Math.min(count, SAMPLES); i++) {
      if (roundTripsNs[i] < roundTripsNs[best]) {
        best = i;
      }
    }
    return offsetsNs[best];
  }
}
