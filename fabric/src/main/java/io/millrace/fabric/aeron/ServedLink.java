package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.link.FeedSender;
import io.millrace.fabric.link.Lane;
import io.millrace.fabric.link.SendLimits;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.Hello;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.fabric.wire.WireWriter;
import io.millrace.media.channel.ChannelId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The serving end of one link: publications to one receiver. Confined to the agent thread. */
final class ServedLink implements FeedSender.Listener {
  private static final Logger log = LoggerFactory.getLogger(ServedLink.class);

  private enum State {
    OPENING,
    UP,
    CLOSED
  }

  /** A queue that is full says so each time it is, which may be often. */
  private static final long OVERFLOW_SAID_EVERY_NS = 10_000_000_000L;

  private final AgentContext context;
  private final Hello hello;
  private final int session;
  private final int version;
  private final long heartbeatNs;
  private final long timeoutNs;
  private final FabricMetrics.FeedMetrics metrics;
  private final PublicationLane control;
  private final List<PublicationLane> media = new ArrayList<>();
  private final FeedSender sender;
  private final WireWriter writer = new WireWriter();
  private final PeerClock clock = new PeerClock();
  private final PieceAssembler longRequests;

  private State state = State.OPENING;
  private long heardNs;
  private long heartbeatDueNs;
  private boolean answerDue;
  private long workNs;
  private long overflowSaidNs = Long.MIN_VALUE;
  private int unsaidOverflows;

  /**
   * @param session that the receiver's requests come by
   */
  ServedLink(
      AgentContext context, Hello hello, int session, int version, FeedSource source, long nowNs) {
    this.context = context;
    this.hello = hello;
    this.session = session;
    this.longRequests = new PieceAssembler(context.config().limits().mostSampleBytes());
    this.version = version;
    this.metrics = context.metrics().of(hello.feed());
    this.timeoutNs = context.config().times().linkTimeout().toNanos();
    this.heartbeatNs = timeoutNs / 8;
    this.heardNs = nowNs;
    InetSocketAddress peer =
        hello.returnEndpoint().isEmpty() ? null : Endpoints.parse(hello.returnEndpoint());
    this.control = publish(context.channels().controlTo(peer), hello.firstStream());
    try {
      String channel = context.channels().mediaTo(peer);
      for (int i = 1; i <= hello.mediaStreams(); i++) {
        media.add(publish(channel, hello.firstStream() + i));
      }
    } catch (RuntimeException e) {
      closePublications();
      throw e;
    }
    this.sender =
        new FeedSender(
            source,
            media,
            new SendLimits(
                context.config().limits().mostWaitingBytes(),
                context.config().limits().mostSampleBytes(),
                context.config().limits().mostFetches()),
            this);
  }

  private PublicationLane publish(String channel, int stream) {
    Aeron aeron = context.aeron();
    return new PublicationLane(aeron.addExclusivePublication(channel, stream));
  }

  long id() {
    return hello.link();
  }

  int session() {
    return session;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Whether the same receiving end asks, with this attempt or an earlier one. */
  boolean isOf(Hello other) {
    return hello.returnEndpoint().equals(other.returnEndpoint())
        && hello.firstStream() == other.firstStream();
  }

  /** The receiver did not hear the answer, or not yet. */
  void onHelloAgain() {
    answerDue = true;
  }

  void on(ControlMessage message, long nowNs) {
    heardNs = nowNs;
    switch (message) {
      case ControlMessage.Heartbeat m -> clock.onHeartbeat(m, AgentContext.utcNs());
      case ControlMessage.Follow m -> sender.onFollow(m.channel(), m.fromNumber());
      case ControlMessage.Unfollow m -> sender.onUnfollow(m.channel());
      case ControlMessage.Fetch m -> sender.onFetch(m.channel(), m.key());
      case ControlMessage.KeepCheckpoint m -> sender.onKeep(m.channel(), m.checkpoint());
      case ControlMessage.Goodbye m -> close("the receiver closed it");
      case ControlMessage.Hello m -> onHelloAgain();
      case ControlMessage.HelloAnswer m -> {
        // Ours to send, not to hear.
      }
    }
  }

  /**
   * Takes a piece of a request that is too long for one; of an input log's followers only, nobody
   * else has any.
   *
   * @throws WireException where it is malformed
   */
  void onPiece(DirectBuffer buffer, int offset, int length, WireReader reader, long nowNs) {
    if (hello.feed() != Feed.INPUT) {
      return;
    }
    heardNs = nowNs;
    UnsafeBuffer whole = longRequests.add(buffer, offset, length);
    if (whole != null) {
      ControlMessage message = reader.control(whole, 0, whole.capacity());
      if (message != null && message.link() == id()) {
        on(message, nowNs);
      }
    }
  }

  /** Goes on; returns how much it did. */
  int work(long nowNs) {
    workNs = nowNs;
    if (state == State.CLOSED) {
      return 0;
    }
    if (nowNs - heardNs > timeoutNs) {
      close("silence");
      return 1;
    }
    if (control.isClosed() || media.stream().anyMatch(PublicationLane::isClosed)) {
      close("its publication closed");
      return 1;
    }
    return state == State.OPENING ? open(nowNs) : beUp(nowNs);
  }

  private int open(long nowNs) {
    if (!control.isConnected() || !media.stream().allMatch(PublicationLane::isConnected)) {
      return 0;
    }
    if (!send(answer())) {
      return 0;
    }
    state = State.UP;
    answerDue = false;
    heartbeatDueNs = nowNs;
    context.metrics().linkUp(hello.feed(), "serving");
    log.atLevel(level())
        .log("link up feed={} to={} link={}", hello.feed(), peer(), Long.toHexString(id()));
    sender.work(nowNs);
    sender.attach();
    return 1;
  }

  private int beUp(long nowNs) {
    int work = sender.work(nowNs);
    if (answerDue && send(answer())) {
      answerDue = false;
      work++;
    }
    if (nowNs - heartbeatDueNs >= 0) {
      heartbeatDueNs = nowNs + heartbeatNs;
      send(clock.heartbeat(id(), context.node(), AgentContext.utcNs()));
    }
    return work;
  }

  private ControlMessage answer() {
    return new ControlMessage.HelloAnswer(
        id(),
        context.node(),
        Answer.ACCEPTED,
        version,
        media.stream().map(PublicationLane::session).toList());
  }

  private boolean send(ControlMessage message) {
    return control.offer(writer.buffer(), writer.write(message)) == Lane.Offer.SENT;
  }

  /** The agent stood still: the peer's silence meanwhile was not its own. */
  void forgive(long stalledNs) {
    heardNs += stalledNs;
  }

  long waitingBytes() {
    return sender.waitingBytes();
  }

  /** Ends the link; the source forgets the follower. */
  void close(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    boolean wasUp = state == State.UP;
    state = State.CLOSED;
    send(new ControlMessage.Goodbye(id(), context.node()));
    closePublications();
    if (wasUp) {
      context.metrics().linkDown(hello.feed(), "serving");
      log.atLevel(level())
          .log(
              "link down feed={} to={} link={} reason={}",
              hello.feed(),
              peer(),
              Long.toHexString(id()),
              reason);
      sender.detach();
    }
  }

  private void closePublications() {
    control.close();
    media.forEach(PublicationLane::close);
  }

  /** What happens within the process is no news. */
  private Level level() {
    return isLocal() ? Level.DEBUG : Level.INFO;
  }

  private boolean isLocal() {
    return hello.returnEndpoint().isEmpty();
  }

  private String peer() {
    return isLocal() ? "this process" : hello.returnEndpoint();
  }

  @Override
  public void onSent(int bytes) {
    metrics.sentMessages().inc();
    metrics.sentBytes().inc(bytes);
  }

  @Override
  public void onBusy() {
    metrics.backPressure().inc();
  }

  @Override
  public void onOverflow(ChannelId channel, int dropped) {
    metrics.overflows().inc();
    metrics.droppedMessages().inc(dropped);
    unsaidOverflows++;
    if (overflowSaidNs == Long.MIN_VALUE || workNs - overflowSaidNs >= OVERFLOW_SAID_EVERY_NS) {
      log.warn(
          "link overflow feed={} to={} channel={} dropped={} overflows={}; a snapshot follows",
          hello.feed(),
          peer(),
          channel,
          dropped,
          unsaidOverflows);
      overflowSaidNs = workNs;
      unsaidOverflows = 0;
    }
  }

  @Override
  public void onUnsendable(FeedMessage message, WireException reason) {
    context.metrics().refused.labelValues("unsendable").inc();
    log.error("message not sent channel={} kind={}", message.channel(), kind(message), reason);
  }

  private static String kind(FeedMessage message) {
    return message.getClass().getSimpleName();
  }
}
