package io.millrace.delivery;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts a channel's viewers: sessions with a playlist request in the last ten seconds.
 *
 * <p>A session is what the client says it is (CMCD's {@code sid}); else an HTTP/2 connection, for a
 * client has one; else a client address with its User-Agent, for an HTTP/1.1 player uses several
 * connections. Any thread.
 */
public final class ViewerSessions {
  private static final long SESSION_NS = TimeUnit.SECONDS.toNanos(10);

  private final int maxSessions;
  private final ConcurrentHashMap<Long, Session> sessions = new ConcurrentHashMap<>();

  private static final class Session {
    private volatile long lastSeenNs;

    Session(long nowNs) {
      this.lastSeenNs = nowNs;
    }
  }

  ViewerSessions(int maxSessions) {
    this.maxSessions = maxSessions;
  }

  /** A playlist was asked for in the session of that key. */
  public void seen(long key, long nowNs) {
    Session session = sessions.get(key);
    if (session != null) {
      session.lastSeenNs = nowNs;
    } else if (sessions.size() < maxSessions) {
      sessions.put(key, new Session(nowNs));
    }
  }

  /** How many there are now; forgets the others. */
  public int count(long nowNs) {
    int count = 0;
    for (Iterator<Session> all = sessions.values().iterator(); all.hasNext(); ) {
      if (nowNs - all.next().lastSeenNs > SESSION_NS) {
        all.remove();
      } else {
        count++;
      }
    }
    return count;
  }
}
