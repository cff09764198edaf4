package io.millrace.ingest;

import java.time.Instant;

/** Tells the time. Any thread. */
@FunctionalInterface
public interface IngestClock {
  /** UTC, nanoseconds of Unix time. Never goes back within a process. */
  long utcNs();

  /** UTC as it was at this call, carried on by the monotonic clock. */
  static IngestClock system() {
    Instant wall = Instant.now();
    long wallNs = wall.getEpochSecond() * 1_000_000_000L + wall.getNano();
    long startNs = System.nanoTime();
    return () -> wallNs + (System.nanoTime() - startNs);
  }
}
