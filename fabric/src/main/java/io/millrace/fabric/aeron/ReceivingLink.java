package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.fabric.link.FeedReceiver;
import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.Hello;
import io.millrace.fabric.wire.ControlMessage.HelloAnswer;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.fabric.wire.WireVersion;
import io.millrace.fabric.wire.WireWriter;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving end of one link: says Hello until it is answered, hands messages to the handler,
 * and begins again when the far end is silent or gone. Confined to the agent thread; requests from
 * other threads hop there.
 */
final class ReceivingLink implements Link, FeedReceiver.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ReceivingLink.class);
  private static final int FRAGMENTS = 256;
  private static final int MOST_REQUESTS = 65_536;
  private static final long HELLO_NS = 50_000_000;
  private static final long LEAST_BACKOFF_NS = 50_000_000;
  private static final long MOST_BACKOFF_NS = 1_000_000_000;

  private enum State {
    WAITING,
    CALLING,
    UP,
    CLOSED
  }

  /** Reaches back into the fabric that the link belongs to. */
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
  private final FabricMetrics.FeedMetrics metrics;
  private final FeedReceiver receiver;
  private final long timeoutNs;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();
  private final ArrayDeque<ControlMessage> requests = new ArrayDeque<>();
  private final FragmentHandler onControl =
      (buffer, offset, length, header) -> onControl(buffer, offset, length);
  private final FragmentHandler onNothing = (buffer, offset, length, header) -> {};

  /**
   * Parts that were asked for in vain; answered in the next turn, so that no request calls back.
   */
  private final LinkedHashMap<PartKey, ChannelId> unavailable = new LinkedHashMap<>();

  private volatile boolean closeAsked;

  // From the first attempt to the last.
  private @Nullable InetSocketAddress address;
  private int firstStream;
  private String returnEndpoint = "";
  private @Nullable PublicationLane out;
  private @Nullable Subscription controlIn;
  private final List<Subscription> mediaIn = new ArrayList<>();

  // Per attempt.
  private volatile State state = State.WAITING;
  private long notBeforeNs;
  private long backoffNs = LEAST_BACKOFF_NS;
  private long linkId;
  private long calledNs;
  private long helloDueNs;
  private long heardNs;
  private long heartbeatDueNs;
  private @Nullable HelloAnswer answer;
  private final List<MediaStream> media = new ArrayList<>();
  private PeerClock clock = new PeerClock();
  private long nowNs;
  private String lastRefusal = "";

  /** One media stream of the link that is up. */
  private final class MediaStream {
    private final Image image;
    private final PieceAssembler assembler;
    private final FragmentHandler onFragment =
        (buffer, offset, length, header) -> onMedia(this, buffer, offset, length);

    private MediaStream(Image image) {
      this.image = image;
      this.assembler = new PieceAssembler(context.config().mostSampleBytes());
    }
  }

  ReceivingLink(
      NodeAddress peer, Feed feed, FeedHandler handler, Owner owner, AgentContext context) {
    this.peer = peer;
    this.feed = feed;
    this.handler = handler;
    this.owner = owner;
    this.context = context;
    this.metrics = context.metrics().of(feed);
    this.receiver = new FeedReceiver(context.config().mostFetches(), this);
    this.timeoutNs = context.config().linkTimeout().toNanos();
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
    return state == State.UP;
  }

  boolean isClosed() {
    return closeAsked || state == State.CLOSED;
  }

  /** Whether {@link #work} has something to do that no datagram wakes the agent for. */
  boolean isDue() {
    return closeAsked || !unavailable.isEmpty();
  }

  @Override
  public long clockOffsetNs() {
    return clock.offsetNs();
  }

  @Override
  public void follow(ChannelId channel, long fromNumber) {
    owner.run(
        () -> {
          if (state == State.UP) {
            receiver.follow(channel, fromNumber);
            request(new ControlMessage.Follow(linkId, channel, fromNumber));
          }
        });
  }

  @Override
  public void unfollow(ChannelId channel) {
    owner.run(
        () -> {
          receiver.unfollow(channel);
          if (state == State.UP) {
            request(new ControlMessage.Unfollow(linkId, channel));
          }
        });
  }

  @Override
  public void fetch(ChannelId channel, PartKey key) {
    owner.run(
        () -> {
          if (state == State.UP && receiver.fetch(key)) {
            request(new ControlMessage.Fetch(linkId, channel, key));
          } else if (unavailable.size() < context.config().mostFetches()
              || unavailable.containsKey(key)) {
            unavailable.put(key, channel);
          } else {
            context.metrics().unansweredFetches.inc();
          }
        });
  }

  private int answerUnavailable() {
    int due = unavailable.size();
    int answered = 0;
    while (answered < due && !unavailable.isEmpty()) {
      Map.Entry<PartKey, ChannelId> next = unavailable.pollFirstEntry();
      handler.onMessage(this, new FeedMessage.PartUnavailable(next.getValue(), next.getKey()));
      answered++;
    }
    return answered;
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
    if (state != State.CLOSED) {
      end("closed here");
      state = State.CLOSED;
      closeStreams();
    }
    unavailable.clear();
    owner.remove(this);
  }

  /**
   * Tells where the peer is; called once, before {@link #work}.
   *
   * @param resolved the peer's address; null: shared memory
   */
  void address(@Nullable InetSocketAddress resolved) {
    address = resolved;
    firstStream = context.reserveStreams();
  }

  /** Opens the streams; again after a while where that fails. */
  private int open() {
    if (nowNs - notBeforeNs < 0) {
      return 0;
    }
    try {
      openStreams();
    } catch (RuntimeException e) {
      LOG.warn("link not opened feed={} from={}", feed, peerName(), e);
      closeStreams();
      context.channels().dropReceivingPort();
      backOff();
    }
    return 1;
  }

  private void openStreams() {
    Aeron aeron = context.aeron();
    String receiving = address == null ? "aeron:ipc" : context.channels().receiving();
    returnEndpoint = address == null ? "" : context.channels().returnEndpoint(address);
    for (int i = 1; i <= context.config().mediaStreams(); i++) {
      mediaIn.add(aeron.addSubscription(receiving, firstStream + i));
    }
    controlIn = aeron.addSubscription(receiving, firstStream);
    out =
        new PublicationLane(
            aeron.addExclusivePublication(
                context.channels().controlTo(address), Channels.LISTENING_STREAM));
  }

  /** Goes on; returns how much it did. */
  int work(long now) {
    nowNs = now;
    if (closeAsked) {
      closeHere();
      return 1;
    }
    int answered = answerUnavailable();
    return answered + workStreams();
  }

  private int workStreams() {
    PublicationLane lane = out;
    Subscription control = controlIn;
    if (state == State.CLOSED) {
      return 0;
    }
    if (lane == null || control == null) {
      return open();
    }
    int work = control.poll(onControl, FRAGMENTS);
    return work
        + switch (state) {
          case WAITING -> call(lane);
          case CALLING -> awaitAnswer(lane);
          case UP -> receive(lane);
          case CLOSED -> 0;
        };
  }

  private int call(PublicationLane lane) {
    if (nowNs - notBeforeNs < 0 || !lane.isConnected()) {
      return 0;
    }
    linkId = context.random().nextLong();
    answer = null;
    state = State.CALLING;
    calledNs = nowNs;
    helloDueNs = nowNs;
    return 1;
  }

  private int awaitAnswer(PublicationLane lane) {
    HelloAnswer answered = answer;
    if (answered != null) {
      return finish(answered);
    }
    if (nowNs - calledNs > timeoutNs) {
      backOff();
      return 0;
    }
    if (nowNs - helloDueNs >= 0 && offer(lane, hello())) {
      helloDueNs = nowNs + HELLO_NS;
      return 1;
    }
    return 0;
  }

  private Hello hello() {
    return new Hello(
        linkId,
        context.node(),
        WireVersion.LEAST,
        WireVersion.MOST,
        feed,
        firstStream,
        context.config().mediaStreams(),
        returnEndpoint);
  }

  /** Goes up once all the streams of the answer are there. */
  private int finish(HelloAnswer answered) {
    if (answered.answer() != Answer.ACCEPTED
        || answered.sessions().size() != mediaIn.size()
        || answered.version() < WireVersion.LEAST
        || answered.version() > WireVersion.MOST) {
      if (!lastRefusal.equals(answered.answer().name())) {
        lastRefusal = answered.answer().name();
        LOG.info("link refused feed={} from={} reason={}", feed, peerName(), lastRefusal);
      }
      backOff();
      return 1;
    }
    media.clear();
    for (int i = 0; i < mediaIn.size(); i++) {
      Image image = mediaIn.get(i).imageBySessionId(answered.sessions().get(i));
      if (image == null) {
        if (nowNs - calledNs > timeoutNs) {
          backOff();
        }
        return 0;
      }
      media.add(new MediaStream(image));
    }
    goUp(answered);
    return 1;
  }

  private void goUp(HelloAnswer answered) {
    state = State.UP;
    backoffNs = LEAST_BACKOFF_NS;
    lastRefusal = "";
    heardNs = nowNs;
    heartbeatDueNs = nowNs;
    clock = new PeerClock();
    context.metrics().linkUp(feed, "receiving");
    LOG.info(
        "link up feed={} from={} link={} version={}",
        feed,
        peerName(),
        Long.toHexString(linkId),
        answered.version());
    handler.onLinkUp(this);
  }

  private void backOff() {
    state = State.WAITING;
    notBeforeNs = nowNs + backoffNs;
    backoffNs = Math.min(2 * backoffNs, MOST_BACKOFF_NS);
  }

  private int receive(PublicationLane lane) {
    int work = 0;
    for (int i = 0; i < media.size() && state == State.UP; i++) {
      MediaStream stream = media.get(i);
      work += stream.image.poll(stream.onFragment, FRAGMENTS);
      if (state == State.UP && (stream.image.isClosed() || stream.image.isEndOfStream())) {
        down("a stream ended");
      }
    }
    if (state != State.UP) {
      return work + 1;
    }
    work += discardOld();
    if (work > 0) {
      heardNs = nowNs;
    } else if (nowNs - heardNs > timeoutNs) {
      down("silence");
      return 1;
    }
    receiver.work(nowNs);
    if (nowNs - heartbeatDueNs >= 0) {
      heartbeatDueNs = nowNs + timeoutNs / 8;
      offer(lane, clock.heartbeat(linkId, context.node(), AgentContext.utcNs()));
    }
    return work + sendRequests(lane);
  }

  /** Empties streams of links that are over, so that their senders can let go of them. */
  private int discardOld() {
    int discarded = 0;
    for (int i = 0; i < mediaIn.size(); i++) {
      Subscription subscription = mediaIn.get(i);
      if (subscription.imageCount() > 1) {
        Image current = media.get(i).image;
        for (Image image : subscription.images()) {
          if (image.sessionId() != current.sessionId()) {
            discarded += image.poll(onNothing, FRAGMENTS);
          }
        }
      }
    }
    return discarded;
  }

  private int sendRequests(PublicationLane lane) {
    int sent = 0;
    ControlMessage next = requests.peek();
    while (next != null && offer(lane, next)) {
      requests.poll();
      sent++;
      next = requests.peek();
    }
    return sent;
  }

  private void request(ControlMessage message) {
    if (requests.size() >= MOST_REQUESTS) {
      down("too many requests wait");
      return;
    }
    requests.add(message);
    PublicationLane lane = out;
    if (lane != null) {
      sendRequests(lane);
    }
  }

  private boolean offer(PublicationLane lane, ControlMessage message) {
    return lane.offer(writer.buffer(), writer.write(message)) == Lane.Offer.SENT;
  }

  private void onControl(DirectBuffer buffer, int offset, int length) {
    try {
      ControlMessage message = reader.control(buffer, offset, length);
      if (message == null || message.link() != linkId) {
        return;
      }
      heardNs = nowNs;
      switch (message) {
        case HelloAnswer m -> {
          if (state == State.CALLING) {
            answer = m;
          }
        }
        case ControlMessage.Heartbeat m -> clock.onHeartbeat(m, AgentContext.utcNs());
        case ControlMessage.Goodbye m -> {
          if (state == State.UP) {
            down("the far end closed it");
          }
        }
        case Hello m -> {}
        case ControlMessage.Follow m -> {}
        case ControlMessage.Unfollow m -> {}
        case ControlMessage.Fetch m -> {}
      }
    } catch (WireException e) {
      refuse(e);
    }
  }

  private void onMedia(MediaStream stream, DirectBuffer buffer, int offset, int length) {
    if (state != State.UP) {
      return;
    }
    try {
      FeedMessage message;
      int bytes = length;
      if (PieceAssembler.isPiece(buffer, offset, length)) {
        UnsafeBuffer whole = stream.assembler.add(buffer, offset, length);
        if (whole == null) {
          return;
        }
        bytes = whole.capacity();
        message = reader.feed(whole, 0, bytes, /* shared= */ true);
      } else {
        message = reader.feed(buffer, offset, length, /* shared= */ false);
      }
      if (message != null) {
        metrics.receivedMessages().inc();
        metrics.receivedBytes().inc(bytes);
        if (receiver.accepts(message, nowNs)) {
          handler.onMessage(this, message);
        }
      }
    } catch (WireException e) {
      refuse(e);
    }
  }

  private void refuse(WireException e) {
    context.metrics().refused.labelValues(e.reason().name().toLowerCase(Locale.ROOT)).inc();
    LOG.debug("message refused feed={} from={}", feed, peerName(), e);
  }

  @Override
  public void ask(ChannelId channel, long fromNumber) {
    request(new ControlMessage.Follow(linkId, channel, fromNumber));
  }

  @Override
  public void onGap(ChannelId channel) {
    metrics.gaps().inc();
    LOG.debug("gap feed={} from={} channel={}", feed, peerName(), channel);
  }

  @Override
  public void onStale(ChannelId channel) {
    metrics.stale().inc();
  }

  private void down(String reason) {
    end(reason);
    notBeforeNs = nowNs + backoffNs;
    state = State.WAITING;
    handler.onLinkDown(this);
  }

  /** Leaves the state UP, if it is up. */
  private void end(String reason) {
    if (state != State.UP) {
      return;
    }
    state = State.WAITING;
    PublicationLane lane = out;
    if (lane != null) {
      offer(lane, new ControlMessage.Goodbye(linkId, context.node()));
    }
    requests.clear();
    receiver.clear();
    media.clear();
    context.metrics().linkDown(feed, "receiving");
    LOG.info(
        "link down feed={} from={} link={} reason={}",
        feed,
        peerName(),
        Long.toHexString(linkId),
        reason);
  }

  private String peerName() {
    return switch (peer) {
      case NodeAddress.Local local -> "this process";
      case NodeAddress.Udp udp -> udp.host() + ":" + udp.port();
    };
  }

  /** The agent stood still: the peer's silence meanwhile was not its own. */
  void forgive(long stalledNs) {
    heardNs += stalledNs;
    calledNs += stalledNs;
  }

  /** The fabric closes: says goodbye and leaves the streams to Aeron's own close. */
  void closeWithFabric() {
    end("this node stops");
    state = State.CLOSED;
  }

  private void closeStreams() {
    if (out != null) {
      out.close();
    }
    if (controlIn != null) {
      controlIn.close();
    }
    mediaIn.forEach(Subscription::close);
    mediaIn.clear();
    controlIn = null;
    out = null;
  }
}
