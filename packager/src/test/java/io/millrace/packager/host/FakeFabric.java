package io.millrace.packager.host;

import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stands for the fabric: whoever calls is the agent; the test is the far end of each link. */
final class FakeFabric implements Fabric {
  @Nullable FeedSource source;
  final List<FakeLink> links = new ArrayList<>();
  final List<Runnable> periodic = new ArrayList<>();

  /** The receiving end of a link whose far end is the test. */
  static final class FakeLink implements Link {
    final FeedHandler handler;
    final List<Long> followed = new ArrayList<>();
    final List<Checkpoint> kept = new ArrayList<>();
    boolean closed;

    FakeLink(FeedHandler handler) {
      this.handler = handler;
    }

    @Override
    public NodeAddress peer() {
      return NodeAddress.LOCAL;
    }

    @Override
    public Feed feed() {
      return Feed.INPUT;
    }

    @Override
    public boolean isUp() {
      return !closed;
    }

    @Override
    public void follow(ChannelId channel, long fromNumber) {
      followed.add(fromNumber);
    }

    @Override
    public void unfollow(ChannelId channel) {}

    @Override
    public void fetch(ChannelId channel, PartKey key) {
      throw new AssertionError("an input log has no parts");
    }

    @Override
    public void keep(ChannelId channel, Checkpoint checkpoint) {
      kept.add(checkpoint);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  FeedSource source() {
    return Objects.requireNonNull(source);
  }

  @Override
  public void serve(FeedSource newSource) {
    source = newSource;
  }

  @Override
  public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
    FakeLink link = new FakeLink(handler);
    links.add(link);
    return link;
  }

  @Override
  public boolean execute(Runnable task) {
    task.run();
    return true;
  }

  @Override
  public void every(Duration period, Runnable task) {
    periodic.add(task);
  }

  @Override
  public boolean inAgent() {
    return true;
  }

  @Override
  public int port() {
    return 0;
  }

  @Override
  public void close() {}
}
