package io.millrace.fabric.aeron;

import io.aeron.Image;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.fabric.link.FeedReceiver;
import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes over a receiving end's links while they are up: the handler's requests one way, the
 * feed's messages the other. Confined to the agent thread.
 */
final class LinkTraffic implements FeedReceiver.Listener, MediaStream.Receiver {
  private static final Logger log = LoggerFactory.getLogger(LinkTraffic.class);

  private final Link link;
  private final FeedHandler handler;
  private final LinkHandshake handshake;
  private final AgentContext context;
  private final FabricMetrics.FeedMetrics metrics;
  private final FeedReceiver receiver;
  private final RequestQueue requests;
  private final WireReader reader = new WireReader();

  /**
   * Parts that were asked for in vain; answered in the next turn, so that no request calls back.
   */
  private final LinkedHashMap<PartKey, ChannelId> unavailable = new LinkedHashMap<>();

  // Per link.
  private final List<MediaStream> media = new ArrayList<>();
  private @Nullable Lane out;
  private long nowNs;

  LinkTraffic(Link link, FeedHandler handler, LinkHandshake handshake, AgentContext context) {
    this.link = link;
    this.handler = handler;
    this.handshake = handshake;
    this.context = context;
    this.metrics = context.metrics().of(link.feed());
    FabricConfig.Limits limits = context.config().limits();
    this.requests = new RequestQueue(limits.mostSampleBytes(), limits.mostWaitingBytes());
    this.receiver = new FeedReceiver(context.config().limits().mostFetches(), this);
  }

  /** A link came up that sends on {@code lane} and receives from {@code images}. */
  void begin(Lane lane, List<Image> images) {
    out = lane;
    media.clear();
    for (Image image : images) {
      media.add(new MediaStream(image, context.config().limits().mostSampleBytes(), reader, this));
    }
  }

  /** The link is down. */
  void end() {
    out = null;
    requests.clear();
    receiver.clear();
    media.clear();
  }

  /** Nobody wants answers any more. */
  void close() {
    unavailable.clear();
  }

  void follow(ChannelId channel, long fromNumber) {
    if (handshake.isUp()) {
      receiver.follow(channel, fromNumber);
      ask(channel, fromNumber);
    }
  }

  void unfollow(ChannelId channel) {
    receiver.unfollow(channel);
    if (handshake.isUp()) {
      request(new ControlMessage.Unfollow(handshake.link(), channel));
    }
  }

  void fetch(ChannelId channel, PartKey key) {
    if (handshake.isUp() && receiver.fetch(key)) {
      request(new ControlMessage.Fetch(handshake.link(), channel, key));
    } else if (unavailable.size() < context.config().limits().mostFetches()
        || unavailable.containsKey(key)) {
      unavailable.put(key, channel);
    } else {
      context.metrics().unansweredFetches.inc();
    }
  }

  void keep(ChannelId channel, Checkpoint checkpoint) {
    if (!handshake.isUp()) {
      return;
    }
    if (requests.add(new ControlMessage.KeepCheckpoint(handshake.link(), channel, checkpoint))) {
      flush();
    } else {
      context.metrics().droppedCheckpoints.inc();
    }
  }

  boolean hasAnswers() {
    return !unavailable.isEmpty();
  }

  /** Answers the fetches that were in vain; returns how many. */
  int answerUnavailable() {
    int due = unavailable.size();
    int answered = 0;
    while (answered < due && !unavailable.isEmpty()) {
      Map.Entry<PartKey, ChannelId> next = unavailable.pollFirstEntry();
      handler.onMessage(link, new FeedMessage.PartUnavailable(next.getValue(), next.getKey()));
      answered++;
    }
    return answered;
  }

  private void request(ControlMessage message) {
    requests.add(message);
    flush();
  }

  /** Sends requests that wait; returns how many. */
  int flush() {
    return out == null ? 0 : requests.flush(out);
  }

  /** Whether the link cannot go on, because too many requests wait. */
  boolean isOverwhelmed() {
    return requests.hasOverflowed();
  }

  /** Takes what has come; returns how many fragments. */
  int receive(int fragments, long now) {
    nowNs = now;
    int received = 0;
    for (int i = 0; i < media.size(); i++) {
      received += media.get(i).poll(fragments);
    }
    return received;
  }

  /** Whether a media stream is over, and the link with it. */
  boolean hasEnded() {
    for (int i = 0; i < media.size(); i++) {
      if (media.get(i).isOver()) {
        return true;
      }
    }
    return false;
  }

  /** Empties streams of links that are over; returns how many fragments. */
  int discardOld(LinkStreams streams, int fragments) {
    return streams.discardOld(media, fragments);
  }

  /** Asks otherwise for what was asked for and did not come in time. */
  void askAgain() {
    receiver.work(nowNs);
  }

  @Override
  public boolean isReceiving() {
    return handshake.isUp();
  }

  @Override
  public void onMessage(FeedMessage message, int bytes) {
    metrics.receivedMessages().inc();
    metrics.receivedBytes().inc(bytes);
    if (receiver.accepts(message, nowNs)) {
      handler.onMessage(link, message);
    }
  }

  @Override
  public void onMalformed(WireException reason) {
    context.metrics().refused.labelValues(reason.reason().name().toLowerCase(Locale.ROOT)).inc();
    log.debug("message refused feed={} from={}", link.feed(), link.peer(), reason);
  }

  @Override
  public void ask(ChannelId channel, long fromNumber) {
    request(new ControlMessage.Follow(handshake.link(), channel, fromNumber));
  }

  @Override
  public void onGap(ChannelId channel) {
    metrics.gaps().inc();
    log.debug("gap feed={} from={} channel={}", link.feed(), link.peer(), channel);
  }

  @Override
  public void onStale(ChannelId channel) {
    metrics.stale().inc();
  }
}
