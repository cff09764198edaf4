package io.millrace.delivery;

import io.millrace.control.token.TokenPolicy;
import io.millrace.delivery.http.ChannelPlaylists;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.WindowListener;
import io.millrace.window.index.ChannelView;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Holds what viewers of one channel share: the view, its rendered playlists, their sessions.
 *
 * <p>Written by the agent thread ({@link #view(ChannelView)}, {@link #status(Status)}, {@link
 * #changed}), read by event loops.
 */
public final class WatchedChannel implements AutoCloseable {
  /** Says what a viewer can expect where there is no view. */
  public enum Status {
    /** Whether it is on air is not known yet: no origin is reachable, or none has answered. */
    JOINING,
    /** The view is or will be there. */
    FOLLOWING,
    /** The origins have said that it is not on air. */
    NOT_LIVE,
    /** This node has no room for it. */
    REFUSED,
    /** Followed no more: find it again. */
    GONE
  }

  private final ChannelId id;
  private final Consumer<PartKey> wanted;
  private final ChannelPlaylists playlists;
  private final ViewerSessions viewers;
  private final List<WindowListener> listeners = new CopyOnWriteArrayList<>();
  private volatile ChannelView view;
  private volatile Status status = Status.JOINING;
  private volatile TokenPolicy tokens = TokenPolicy.OPEN;
  private volatile long lastRequestNs;

  /**
   * @param wanted is told which part's bytes a viewer asked for in vain; any thread
   * @param limits which viewers are counted, with those of the node's other channels
   */
  public WatchedChannel(
      ChannelId id,
      Consumer<PartKey> wanted,
      DeliveryMetrics metrics,
      ViewerLimits limits,
      long nowNs) {
    this.id = Objects.requireNonNull(id, "id");
    this.wanted = Objects.requireNonNull(wanted, "wanted");
    this.playlists = new ChannelPlaylists(metrics);
    this.viewers = new ViewerSessions(limits);
    this.view = new ChannelView(id, List.of());
    this.lastRequestNs = nowNs;
  }

  public ChannelId id() {
    return id;
  }

  public ChannelView view() {
    return view;
  }

  public Status status() {
    return status;
  }

  /** What it wants of its viewers. */
  public TokenPolicy tokens() {
    return tokens;
  }

  /** From now on it wants this; any thread. Who waits is looked at again within a moment. */
  public void tokens(TokenPolicy newTokens) {
    if (!tokens.equals(newTokens)) {
      tokens = newTokens;
    }
  }

  public ChannelPlaylists playlists() {
    return playlists;
  }

  public ViewerSessions viewers() {
    return viewers;
  }

  /** When a viewer last asked for anything, in {@link System#nanoTime}. */
  public long lastRequestNs() {
    return lastRequestNs;
  }

  public void touch(long nowNs) {
    lastRequestNs = nowNs;
  }

  /** Asks for a part's bytes. */
  public void want(PartKey key) {
    wanted.accept(key);
  }

  public void addListener(WindowListener listener) {
    listeners.add(listener);
  }

  public void removeListener(WindowListener listener) {
    listeners.remove(listener);
  }

  /** Shows viewers another state. */
  public void view(ChannelView newView) {
    view = newView;
    changed();
  }

  public void status(Status newStatus) {
    if (status != newStatus) {
      status = newStatus;
      changed();
    }
  }

  /** Looks at all who wait again. */
  public void changed() {
    for (WindowListener listener : listeners) {
      listener.onWindowChanged();
    }
  }

  /** Nobody can be served from it any more. */
  @Override
  public void close() {
    status(Status.GONE);
    playlists.close();
    viewers.close();
  }
}
