package io.millrace.delivery;

import io.millrace.limits.AddressBlock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts a channel's viewers: sessions with a playlist request in the last ten seconds.
 *
 * <p>A session is what the client says it is (CMCD's {@code sid}); else an HTTP/2 connection, for a
 * client has one; else a client address with its User-Agent, for an HTTP/1.1 player uses several
 * connections. It counts for the address that it was first seen at. Any thread.
 */
public final class ViewerSessions {
  private static final long SESSION_NS = TimeUnit.SECONDS.toNanos(10);

  private final ViewerLimits limits;
  private final ConcurrentHashMap<Long, Session> sessions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private static final class Session {
    private final AddressBlock address;
    private volatile long lastSeenNs;

    Session(AddressBlock address, long nowNs) {
      this.address = address;
      this.lastSeenNs = nowNs;
    }
  }

  ViewerSessions(ViewerLimits limits) {
    this.limits = limits;
  }

  /**
   * A playlist was asked for in the session of that key; false where it is not known, and may be
   * {@link #add}ed.
   */
  public boolean seen(long key, long nowNs) {
    Session session = sessions.get(key);
    if (session == null) {
      return false;
    }
    session.lastSeenNs = nowNs;
    return true;
  }

  /** Counts a session from now on, where limits have it so. */
  public void add(long key, AddressBlock address, long nowNs) {
    if (closed || !limits.admit(sessions.size(), address, nowNs)) {
      return;
    }
    Session added = new Session(address, nowNs);
    if (sessions.putIfAbsent(key, added) != null) {
      limits.forget(address); // another thread has just added it
    } else if (closed) {
      forget(key, added); // closed in between, and perhaps not seen by whoever closed it
    }
  }

  private void forget(Long key, Session session) {
    if (sessions.remove(key, session)) {
      limits.forget(session.address);
    }
  }

  /** How many there are now; forgets the others. */
  public int count(long nowNs) {
    int count = 0;
    for (Map.Entry<Long, Session> each : sessions.entrySet()) {
      if (nowNs - each.getValue().lastSeenNs > SESSION_NS) {
        forget(each.getKey(), each.getValue());
      } else {
        count++;
      }
    }
    return count;
  }

  /** Forgets all of them, and counts none from now on. */
  public void close() {
    closed = true;
    sessions.forEach(this::forget);
  }
}
