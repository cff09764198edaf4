package io.millrace.packager.host;

import io.millrace.fabric.Follower;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the followers who know more of the index than this packager has made yet, because they
 * followed another one before: each goes on without a snapshot when the number that it asked for is
 * there. Confined to the agent.
 */
final class Awaiting {
  /** Whoever waited for so many sweeps gets a snapshot, whatever is in it. */
  private static final int PATIENCE_SWEEPS = 3;

  private record Wanted(long fromNumber, int sweeps) {}

  private final Map<Follower, Wanted> followers = new LinkedHashMap<>();

  void add(Follower follower, long fromNumber) {
    followers.put(follower, new Wanted(fromNumber, 0));
  }

  void remove(Follower follower) {
    followers.remove(follower);
  }

  /** Those whose number is there, and what they asked for. */
  Map<Follower, Long> takeUpTo(long lastNumber) {
    if (followers.isEmpty()) {
      return Map.of();
    }
    Map<Follower, Long> taken = new LinkedHashMap<>();
    followers.forEach(
        (follower, wanted) -> {
          if (wanted.fromNumber() <= lastNumber) {
            taken.put(follower, wanted.fromNumber());
          }
        });
    followers.keySet().removeAll(taken.keySet());
    return taken;
  }

  Map<Follower, Long> takeAll() {
    return takeUpTo(Long.MAX_VALUE);
  }

  /** One more sweep has come; returns those who have waited for too many. */
  List<Follower> takeImpatient() {
    followers.replaceAll((_, wanted) -> new Wanted(wanted.fromNumber(), wanted.sweeps() + 1));
    List<Follower> impatient = new ArrayList<>();
    followers.forEach(
        (follower, wanted) -> {
          if (wanted.sweeps() > PATIENCE_SWEEPS) {
            impatient.add(follower);
          }
        });
    impatient.forEach(followers::remove);
    return impatient;
  }
}
