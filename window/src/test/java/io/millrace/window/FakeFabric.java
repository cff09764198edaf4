package io.millrace.window;

import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A fabric whose links are method calls on one thread, to sources that the test puts somewhere. */
public final class FakeFabric implements Fabric {
  private final ScheduledExecutorService agent =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "fake-agent");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<NodeAddress, FeedSource> remotes = new ConcurrentHashMap<>();
  private final List<FakeLink> links = new CopyOnWriteArrayList<>();
  private final List<FeedSource> served = new CopyOnWriteArrayList<>();
  private volatile @Nullable Thread agentThread;

  /** Puts a node somewhere: links to the address come up. */
  public void up(NodeAddress address, FeedSource source) {
    remotes.put(address, source);
    inAgent(() -> links.stream().filter(link -> link.peer.equals(address)).forEach(FakeLink::up));
  }

  /** Takes the node away: links to the address go down. */
  public void down(NodeAddress address) {
    remotes.remove(address);
    inAgent(() -> links.stream().filter(link -> link.peer.equals(address)).forEach(FakeLink::down));
  }

  /** What this process serves. */
  public FeedSource served(Feed feed) {
    return served.stream().filter(source -> source.feed() == feed).findFirst().orElseThrow();
  }

  /** Runs a task on the agent thread and waits until it is done. */
  public void inAgent(Runnable task) {
    try {
      agent
          .submit(
              () -> {
                agentThread = Thread.currentThread();
                task.run();
              })
          .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("on the agent thread", e);
    }
  }

  @Override
  public void serve(FeedSource source) {
    served.add(source);
  }

  @Override
  public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
    FakeLink link = new FakeLink(peer, feed, handler);
    links.add(link);
    agent.execute(link::up);
    return link;
  }

  @Override
  public boolean execute(Runnable task) {
    agent.execute(
        () -> {
          agentThread = Thread.currentThread();
          task.run();
        });
    return true;
  }

  @Override
  public void every(Duration period, Runnable task) {
    var _ =
        agent.scheduleAtFixedRate(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean inAgent() {
    return Thread.currentThread().equals(agentThread);
  }

  @Override
  public int port() {
    return 0;
  }

  /** Runs what was queued before, then stops. */
  @Override
  public void close() {
    inAgent(() -> {});
    agent.shutdownNow();
  }

  private final class FakeLink implements Link, Follower {
    private final NodeAddress peer;
    private final Feed feed;
    private final FeedHandler handler;
    private @Nullable FeedSource source;
    private boolean closed;

    FakeLink(NodeAddress peer, Feed feed, FeedHandler handler) {
      this.peer = peer;
      this.feed = feed;
      this.handler = handler;
    }

    void up() {
      FeedSource remote = remotes.get(peer);
      if (remote != null && source == null && !closed) {
        source = remote;
        handler.onLinkUp(this);
        remote.attach(this);
      }
    }

    void down() {
      FeedSource remote = source;
      if (remote != null) {
        source = null;
        remote.detach(this);
        handler.onLinkDown(this);
      }
    }

    @Override
    public void send(FeedMessage message) {
      FeedSource sender = source;
      agent.execute(
          () -> {
            if (sender != null && sender.equals(source)) {
              handler.onMessage(this, message);
            }
          });
    }

    @Override
    public NodeAddress peer() {
      return peer;
    }

    @Override
    public Feed feed() {
      return feed;
    }

    @Override
    public boolean isUp() {
      return source != null;
    }

    @Override
    public void follow(ChannelId channel, long fromNumber) {
      if (source != null) {
        source.follow(channel, fromNumber, this);
      }
    }

    @Override
    public void unfollow(ChannelId channel) {
      if (source != null) {
        source.unfollow(channel, this);
      }
    }

    @Override
    public void fetch(ChannelId channel, PartKey key) {
      if (source != null) {
        source.fetch(channel, key, this);
      }
    }

    @Override
    public void keep(ChannelId channel, Checkpoint checkpoint) {
      throw new AssertionError("a window's feed has no checkpoints");
    }

    @Override
    public void close() {
      closed = true;
      links.remove(this);
      if (source != null) {
        source.detach(this);
        source = null;
      }
    }
  }

  /** Keeps what it is sent. */
  public static final class RecordingFollower implements Follower {
    private final List<FeedMessage> received = new CopyOnWriteArrayList<>();

    @Override
    public void send(FeedMessage message) {
      received.add(message);
    }

    public List<FeedMessage> received() {
      return received;
    }

    /** What came since the last call. */
    public List<FeedMessage> take() {
      List<FeedMessage> taken = new ArrayList<>(received);
      received.clear();
      return taken;
    }
  }
}
