package io.millrace.control.access;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whoever goes on after a session let them in that the session is no more. There are as many
 * as requests whose answers go on. Any thread.
 */
final class SessionListeners {
  private final Set<Listener> all = ConcurrentHashMap.newKeySet();

  /** Of a session, by its cookie's hash. Compared by identity: a session may have several. */
  private static final class Listener {
    private final String sessionHash;
    private final Runnable ended;

    Listener(String sessionHash, Runnable ended) {
      this.sessionHash = sessionHash;
      this.ended = ended;
    }
  }

  /**
   * Adds one, which is removed when what is returned is run.
   *
   * @param ended is run on the thread that ends the session, once or more
   */
  Runnable add(String sessionHash, Runnable ended) {
    Listener listener = new Listener(sessionHash, ended);
    all.add(listener);
    return () -> all.remove(listener);
  }

  /** These sessions are no more. */
  void sessionsEnded(Collection<String> sessionHashes) {
    for (Listener listener : all) {
      if (sessionHashes.contains(listener.sessionHash)) {
        listener.ended.run();
      }
    }
  }
}
