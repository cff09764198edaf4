package io.millrace.control.access;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows what goes on after a session let it in, and tells it when the session is no more. As many
 * as the routes that last let in. Any thread.
 */
final class OpenStays {
  private final Set<Stay> open = ConcurrentHashMap.newKeySet();

  /** One of a session, by its cookie's hash. Compared by identity: a session may have several. */
  private static final class Stay {
    private final String sessionHash;
    private final Runnable ended;

    Stay(String sessionHash, Runnable ended) {
      this.sessionHash = sessionHash;
      this.ended = ended;
    }
  }

  /**
   * Begins one, until what is returned is run.
   *
   * @param ended is run on the thread that ends the session, once or more
   */
  Runnable begin(String sessionHash, Runnable ended) {
    Stay stay = new Stay(sessionHash, ended);
    open.add(stay);
    return () -> open.remove(stay);
  }

  /** These sessions are no more. */
  void sessionsEnded(Collection<String> sessionHashes) {
    for (Stay stay : open) {
      if (sessionHashes.contains(stay.sessionHash)) {
        stay.ended.run();
      }
    }
  }
}
