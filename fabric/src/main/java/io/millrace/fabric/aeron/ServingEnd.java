package io.millrace.fabric.aeron;

import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.Hello;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.fabric.wire.WireVersion;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for Hellos and holds the links that this node serves. Confined to the agent thread. */
final class ServingEnd {
  private static final Logger log = LoggerFactory.getLogger(ServingEnd.class);
  private static final int MOST_MEDIA_STREAMS = 16;
  private static final int FRAGMENTS = 64;

  private final AgentContext context;
  private final List<Subscription> listening = new ArrayList<>();
  private final Map<Feed, FeedSource> sources = new EnumMap<>(Feed.class);
  private final Long2ObjectHashMap<ServedLink> links = new Long2ObjectHashMap<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final WireReader reader = new WireReader();
  private final FragmentHandler onFragment =
      (buffer, offset, length, header) -> onFragment(buffer, offset, length, header.sessionId());
  private long nowNs;

  ServingEnd(AgentContext context) {
    this.context = context;
    listening.add(context.aeron().addSubscription("aeron:ipc", Channels.LISTENING_STREAM));
    if (context.channels().listeningPort() > 0) {
      listening.add(
          context
              .aeron()
              .addSubscription(context.channels().receiving(), Channels.LISTENING_STREAM));
    }
  }

  void serve(FeedSource source) {
    sources.put(source.feed(), source);
  }

  int work(long now) {
    nowNs = now;
    int work = 0;
    for (int i = 0; i < listening.size(); i++) {
      work += listening.get(i).poll(onFragment, FRAGMENTS);
    }
    if (!links.isEmpty()) {
      work += workLinks();
    }
    if (!refusals.isEmpty()) {
      refusals.removeIf(this::isDone);
    }
    return work;
  }

  private boolean isDone(Refusal refusal) {
    boolean done = refusal.work(nowNs);
    if (done) {
      refusal.close();
    }
    return done;
  }

  private int workLinks() {
    int work = 0;
    var each = links.values().iterator();
    while (each.hasNext()) {
      ServedLink link = each.next();
      work += link.work(nowNs);
      if (link.isClosed()) {
        each.remove();
      }
    }
    return work;
  }

  private void onFragment(DirectBuffer buffer, int offset, int length, int session) {
    try {
      if (PieceAssembler.isPiece(buffer, offset, length)) {
        onPiece(buffer, offset, length, session);
        return;
      }
      ControlMessage message = reader.control(buffer, offset, length);
      if (message instanceof Hello hello) {
        onHello(hello, session);
      } else if (message != null) {
        ServedLink link = links.get(message.link());
        if (link != null) {
          link.on(message, nowNs);
        }
      }
    } catch (WireException e) {
      context
          .metrics()
          .refused
          .labelValues(e.reason().name().toLowerCase(java.util.Locale.ROOT))
          .inc();
      log.debug("control message refused", e);
    }
  }

  /** Pieces do not name their link: they are of the one whose session they come by. */
  private void onPiece(DirectBuffer buffer, int offset, int length, int session) {
    for (ServedLink link : links.values()) {
      if (link.session() == session) {
        link.onPiece(buffer, offset, length, reader, nowNs);
        return;
      }
    }
  }

  private void onHello(Hello hello, int session) {
    ServedLink known = links.get(hello.link());
    if (known != null) {
      known.on(hello, nowNs);
      return;
    }
    links.values().stream()
        .filter(link -> link.isOf(hello))
        .toList()
        .forEach(link -> supersede(link));
    OptionalInt version = WireVersion.negotiate(hello.leastVersion(), hello.mostVersion());
    FeedSource source = sources.get(hello.feed());
    if (version.isEmpty()) {
      refuse(hello, Answer.VERSION_NOT_SPOKEN);
    } else if (source == null) {
      refuse(hello, Answer.FEED_NOT_SERVED);
    } else if (links.size() >= context.config().limits().mostLinks()) {
      refuse(hello, Answer.TOO_MANY_LINKS);
    } else {
      open(hello, session, version.getAsInt(), source);
    }
  }

  private void supersede(ServedLink link) {
    links.remove(link.id());
    link.close("the receiver connected again");
  }

  private void open(Hello hello, int session, int version, FeedSource source) {
    if (hello.mediaStreams() < 1
        || hello.mediaStreams() > MOST_MEDIA_STREAMS
        || hello.firstStream() < Channels.FIRST_LINK_STREAM) {
      log.debug("hello refused: {}", hello);
      return;
    }
    try {
      links.put(hello.link(), new ServedLink(context, hello, session, version, source, nowNs));
    } catch (IllegalArgumentException e) {
      log.debug("hello refused: {}", hello, e);
    }
  }

  private void refuse(Hello hello, Answer answer) {
    boolean isAnswered = refusals.stream().anyMatch(refusal -> refusal.isOf(hello));
    if (!isAnswered && refusals.size() < context.config().limits().mostLinks()) {
      log.debug("link refused reason={} {}", answer, hello);
      refusals.add(new Refusal(context, hello, answer, nowNs));
    }
  }

  void forgive(long stalledNs) {
    links.values().forEach(link -> link.forgive(stalledNs));
  }

  long waitingBytes() {
    long bytes = 0;
    for (ServedLink link : links.values()) {
      bytes += link.waitingBytes();
    }
    return bytes;
  }

  void close() {
    List.copyOf(links.values()).forEach(link -> link.close("this node stops"));
    links.clear();
    refusals.forEach(Refusal::close);
    listening.forEach(Subscription::close);
  }
}
