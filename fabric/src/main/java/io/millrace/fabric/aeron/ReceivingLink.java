package io.millrace.fabric.aeron;

import io.aeron.Image;
import io.aeron.logbuffer.FragmentHandler;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.Hello;
import io.millrace.fabric.wire.ControlMessage.HelloAnswer;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.fabric.wire.WireVersion;
import io.millrace.fabric.wire.WireWriter;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The receiving end of one link: calls the far end as {@link LinkHandshake} decides, lets {@link
 * LinkTraffic} flow while the link is up, and begins again when the far end is silent or gone.
 * Confined to the agent thread; requests from other threads hop there.
 */
final class ReceivingLink implements Link {
  private static final Logger log = LoggerFactory.getLogger(ReceivingLink.class);
  private static final int FRAGMENTS = 256;

  /** Reaches back into the agent that the link belongs to. */
  interface Owner {
    boolean inAgent();

    /** Throws where there is no room. */
    void run(Runnable task);

    void wake();

    void remove(ReceivingLink link);
  }

  private final NodeAddress peer;
  private final Feed feed;
  private final FeedHandler handler;
  private final Owner owner;
  private final AgentContext context;
  private final LinkHandshake handshake;
  private final LinkTraffic traffic;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final FragmentHandler onControl =
      (buffer, offset, length, header) -> onControl(buffer, offset, length);
  private volatile boolean closeAsked;

  /** From when the peer's address is known. */
  private @Nullable LinkStreams streams;

  // Per attempt.
  private PeerClock clock = new PeerClock();
  private String lastRefusal = "";
  private long nowNs;

  ReceivingLink(
      NodeAddress peer, Feed feed, FeedHandler handler, Owner owner, AgentContext context) {
    this.peer = peer;
    this.feed = feed;
    this.handler = handler;
    this.owner = owner;
    this.context = context;
    this.handshake = new LinkHandshake(context.config().times().linkTimeout().toNanos());
    this.traffic = new LinkTraffic(this, handler, handshake, context);
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
    return handshake.isUp();
  }

  boolean isClosed() {
    return closeAsked || handshake.isClosed();
  }

  /** Whether {@link #work} has something to do that no datagram wakes the agent for. */
  boolean isDue() {
    return closeAsked || traffic.hasAnswers();
  }

  @Override
  public long clockOffsetNs() {
    return clock.offsetNs();
  }

  @Override
  public void follow(ChannelId channel, long fromNumber) {
    owner.run(() -> traffic.follow(channel, fromNumber));
  }

  @Override
  public void unfollow(ChannelId channel) {
    owner.run(() -> traffic.unfollow(channel));
  }

  @Override
  public void fetch(ChannelId channel, PartKey key) {
    owner.run(() -> traffic.fetch(channel, key));
  }

  @Override
  public void keep(ChannelId channel, Checkpoint checkpoint) {
    owner.run(() -> traffic.keep(channel, checkpoint));
  }

  /** Any thread. A mark, not a task: it is heard however full the agent's queue is. */
  @Override
  public void close() {
    closeAsked = true;
    if (owner.inAgent()) {
      closeHere();
    } else {
      owner.wake();
    }
  }

  private void closeHere() {
    if (!handshake.isClosed()) {
      end("closed here");
      handshake.close();
      if (streams != null) {
        streams.close();
      }
    }
    traffic.close();
    owner.remove(this);
  }

  /**
   * Tells where the peer is; called once, before {@link #work}.
   *
   * @param resolved the peer's address; null: shared memory
   */
  void address(@Nullable InetSocketAddress resolved) {
    streams = new LinkStreams(context, resolved);
  }

  /** Goes on; returns how much it did. */
  int work(long now) {
    nowNs = now;
    if (closeAsked) {
      closeHere();
      return 1;
    }
    int answered = traffic.answerUnavailable();
    LinkStreams opened = streams;
    return opened == null || handshake.isClosed() ? answered : answered + work(opened);
  }

  private int work(LinkStreams opened) {
    if (!opened.isOpen()) {
      return open(opened);
    }
    PublicationLane out = opened.out();
    int work = opened.pollControl(onControl, FRAGMENTS);
    return work
        + switch (handshake.state()) {
          case WAITING -> call(out);
          case CALLING -> awaitAnswer(opened, out);
          case UP -> receive(opened, out);
          case CLOSED -> 0;
        };
  }

  /** Opens the streams; again after a while where that fails. */
  private int open(LinkStreams closed) {
    if (!handshake.mayCall(nowNs)) {
      return 0;
    }
    try {
      closed.open();
    } catch (RuntimeException e) {
      log.warn("link not opened feed={} from={}", feed, peerName(), e);
      handshake.backOff(nowNs);
    }
    return 1;
  }

  private int call(PublicationLane out) {
    if (!handshake.mayCall(nowNs) || !out.isConnected()) {
      return 0;
    }
    handshake.call(context.random().nextLong(), nowNs);
    return 1;
  }

  private int awaitAnswer(LinkStreams opened, PublicationLane out) {
    Optional<HelloAnswer> answer = handshake.answer();
    if (answer.isPresent()) {
      return finish(opened, answer.get());
    }
    if (handshake.isOverdue(nowNs)) {
      handshake.backOff(nowNs);
      return 0;
    }
    if (handshake.isHelloDue(nowNs) && offer(out, hello(opened))) {
      handshake.helloSent(nowNs);
      return 1;
    }
    return 0;
  }

  private Hello hello(LinkStreams opened) {
    return new Hello(
        handshake.link(),
        context.node(),
        WireVersion.LEAST,
        WireVersion.MOST,
        feed,
        opened.firstStream(),
        context.config().streams().mediaStreams(),
        opened.returnEndpoint());
  }

  /** Goes up once all the streams of the answer are there. */
  private int finish(LinkStreams opened, HelloAnswer answer) {
    if (!LinkHandshake.isAccepted(answer, opened.mediaStreams())) {
      if (!lastRefusal.equals(answer.answer().name())) {
        lastRefusal = answer.answer().name();
        log.atLevel(level())
            .log("link refused feed={} from={} reason={}", feed, peerName(), lastRefusal);
      }
      handshake.backOff(nowNs);
      return 1;
    }
    Optional<List<Image>> images = opened.images(answer.sessions());
    if (images.isEmpty()) {
      if (handshake.isOverdue(nowNs)) {
        handshake.backOff(nowNs);
      }
      return 0;
    }
    traffic.begin(opened.out(), images.get());
    goUp(answer);
    return 1;
  }

  private void goUp(HelloAnswer answer) {
    handshake.goUp(nowNs);
    lastRefusal = "";
    clock = new PeerClock();
    context.metrics().linkUp(feed, "receiving");
    log.atLevel(level())
        .log(
            "link up feed={} from={} link={} version={}",
            feed,
            peerName(),
            Long.toHexString(handshake.link()),
            answer.version());
    handler.onLinkUp(this);
  }

  private int receive(LinkStreams opened, PublicationLane out) {
    int work = traffic.receive(FRAGMENTS, nowNs);
    if (handshake.isUp() && traffic.hasEnded()) {
      down("a stream ended");
    }
    if (!handshake.isUp()) {
      return work + 1;
    }
    work += traffic.discardOld(opened, FRAGMENTS);
    if (work > 0) {
      handshake.heard(nowNs);
    } else if (handshake.isSilent(nowNs)) {
      down("silence");
      return 1;
    }
    traffic.askAgain();
    if (traffic.isOverwhelmed()) {
      down("too many requests wait");
      return 1;
    }
    if (handshake.isHeartbeatDue(nowNs)) {
      handshake.heartbeatSent(nowNs);
      offer(out, clock.heartbeat(handshake.link(), context.node(), AgentContext.utcNs()));
    }
    return work + traffic.flush();
  }

  private boolean offer(PublicationLane out, ControlMessage message) {
    return out.offer(writer.buffer(), writer.write(message)) == Lane.Offer.SENT;
  }

  private void onControl(DirectBuffer buffer, int offset, int length) {
    try {
      ControlMessage message = reader.control(buffer, offset, length);
      if (message == null || message.link() != handshake.link()) {
        return;
      }
      handshake.heard(nowNs);
      switch (message) {
        case HelloAnswer m -> handshake.answered(m);
        case ControlMessage.Heartbeat m -> clock.onHeartbeat(m, AgentContext.utcNs());
        case ControlMessage.Goodbye m -> {
          if (handshake.isUp()) {
            down("the far end closed it");
          }
        }
        case Hello m -> {}
        case ControlMessage.Follow m -> {}
        case ControlMessage.Unfollow m -> {}
        case ControlMessage.Fetch m -> {}
        case ControlMessage.KeepCheckpoint m -> {}
      }
    } catch (WireException e) {
      traffic.onMalformed(e);
    }
  }

  private void down(String reason) {
    end(reason);
    handler.onLinkDown(this);
  }

  /** Leaves the state UP, if it is up. */
  private void end(String reason) {
    if (!handshake.isUp()) {
      return;
    }
    handshake.goDown(nowNs);
    if (streams != null && streams.isOpen()) {
      offer(streams.out(), new ControlMessage.Goodbye(handshake.link(), context.node()));
    }
    traffic.end();
    context.metrics().linkDown(feed, "receiving");
    log.atLevel(level())
        .log(
            "link down feed={} from={} link={} reason={}",
            feed,
            peerName(),
            Long.toHexString(handshake.link()),
            reason);
  }

  /** What happens within the process is no news. */
  private Level level() {
    return peer instanceof NodeAddress.Local ? Level.DEBUG : Level.INFO;
  }

  private String peerName() {
    return switch (peer) {
      case NodeAddress.Local local -> "this process";
      case NodeAddress.Udp udp -> udp.host() + ":" + udp.port();
    };
  }

  /** The agent stood still: the peer's silence meanwhile was not its own. */
  void forgive(long stalledNs) {
    handshake.forgive(stalledNs);
  }

  /** The fabric closes: says goodbye and leaves the streams to Aeron's own close. */
  void closeWithFabric() {
    end("this node stops");
    handshake.close();
  }
}
