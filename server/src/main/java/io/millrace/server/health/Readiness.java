package io.millrace.server.health;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Knows what keeps a process from serving. Any thread. */
public final class Readiness {
  private final Map<String, String> obstacles = new ConcurrentSkipListMap<>();

  /** Says that {@code part} is not ready, and why. */
  public void notReady(String part, String reason) {
    obstacles.put(part, reason);
  }

  /** Returns whether it was not. */
  public boolean ready(String part) {
    return obstacles.remove(part) != null;
  }

  /** What is in the way; empty where all is ready. */
  public Optional<String> obstacle() {
    return obstacles.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .reduce((a, b) -> a + "; " + b);
  }
}
