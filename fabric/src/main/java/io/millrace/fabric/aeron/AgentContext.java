package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Holds what every link of a process uses. Confined to the agent thread.
 *
 * @param node chosen at random at the fabric's start; tells a restarted process from the one before
 */
record AgentContext(
    Aeron aeron,
    FabricConfig config,
    FabricMetrics metrics,
    Channels channels,
    long node,
    RandomGenerator random,
    AtomicInteger nextStream) {

  /** Reserves stream ids for one link: control first, media after it. */
  int reserveStreams() {
    return nextStream.getAndAdd(config.streams().mediaStreams() + 1);
  }

  static long utcNs() {
    java.time.Instant now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
