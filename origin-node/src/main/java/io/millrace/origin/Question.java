package io.millrace.origin;

import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Holds those who follow a channel of which it is not known yet whether it is on air: each packager
 * has to say so. Confined to the agent thread.
 */
final class Question {
  private final Set<Follower> askers = new LinkedHashSet<>();
  private final Set<Link> declined = new HashSet<>();

  Set<Follower> askers() {
    return askers;
  }

  /** The packager does not have the channel. */
  void declinedBy(Link packager) {
    declined.add(packager);
  }

  /** The packager is gone: what it said counts no more. */
  void forget(Link packager) {
    declined.remove(packager);
  }

  /** Not where there is no packager, or one that cannot be asked now. */
  boolean isDeclinedBy(Collection<Link> packagers) {
    return !packagers.isEmpty() && declined.containsAll(packagers);
  }
}
