package io.millrace.delivery.http;

import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.DeliveryMetrics.Kind;
import io.millrace.delivery.WatchedChannel;
import io.millrace.limits.FairBudget;
import io.millrace.limits.OnceInAWhile;
import io.millrace.media.index.PartKey;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of one event loop, or lets them wait. Confined to that loop. */
public final class LoopDelivery {
  private static final Logger log = LoggerFactory.getLogger(LoopDelivery.class);
  private static final OnceInAWhile ERRORS = new OnceInAWhile(Duration.ofSeconds(10), nowNs());
  private static final long TICK_MS = 100;
  private static final int SWEEP_EVERY_TICKS = 10;

  /** What changes before it is told to other loops, which costs all of them. */
  private static final long TELL_OWN_BYTES = 64 << 10;

  private static final long LEAST_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

  /** How long a connection may ask for nothing while the server drains. */
  private static final long DRAIN_IDLE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final String SESSION = "sid%3D%22";
  private static final String SESSION_END = "%22";

  private final EventLoop loop;
  private final DeliveryConfig config;
  private final Channels channels;
  private final DeliveryMetrics metrics;
  private final DoubleSupplier heldShare;
  private final FairBudget budget;
  private final Responses responses;
  private final Answers answers;
  private final ViewerTokens tokens;
  private final IdentityHashMap<WatchedChannel, LoopChannel> watched = new IdentityHashMap<>();
  private final Set<Swept> connections = new LinkedHashSet<>();
  private final AddressTurns turns;
  private @Nullable FileCalls fileCalls;
  private boolean draining;
  private int ticks;
  private long heldBytes;
  private long toldHeldBytes;
  private long untoldOwnBytes;
  private long mediaPatienceNs;

  /**
   * What loops share.
   *
   * @param heldShare see {@link io.millrace.delivery.DeliveryServer#start}
   */
  public record Node(Clock clock, DoubleSupplier heldShare, FairBudget budget) {}

  public LoopDelivery(
      EventLoop loop,
      DeliveryConfig config,
      Channels channels,
      DeliveryMetrics metrics,
      Node node) {
    this.loop = loop;
    this.config = config;
    this.channels = channels;
    this.metrics = metrics;
    this.heldShare = node.heldShare();
    this.budget = node.budget();
    this.turns = new AddressTurns(config.maxRequestsPerSecond(), metrics);
    this.mediaPatienceNs = config.answerTimeout().toNanos();
    HttpDate date = new HttpDate(node.clock());
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    this.responses = new Responses(date, allocator, /* guarded= */ false);
    this.answers = new Answers(config, date, allocator, responses);
    this.tokens = new ViewerTokens(channels, config, metrics, date, allocator);
  }

  /** Begins to look at deadlines. Any thread. */
  public void start() {
    if (FileCalls.isAvailable()) {
      // Takes a moment, for which no viewer should wait.
      execute(() -> fileCalls = new FileCalls());
    }
    var _ = loop.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /** Has connections go as soon as their clients have got what they asked for. Any thread. */
  public void drain() {
    execute(
        () -> {
          if (!draining) {
            draining = true;
            List.copyOf(connections).forEach(Swept::drain);
          }
        });
  }

  /** Lets go of what it keeps; no connection may be left. Any thread. */
  public void close() {
    execute(responses::forgetRefusals);
    execute(tokens.responses()::forgetRefusals);
  }

  /** Runs it on the loop; a loop that has ended has no connections any more. Any thread. */
  void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("an event loop has ended: {}", e.toString());
    }
  }

  boolean isDraining() {
    return draining;
  }

  /** How long a connection may ask for nothing. */
  long idleNs() {
    long usualNs = config.idleTimeout().toNanos();
    return draining ? Math.min(usualNs, DRAIN_IDLE_NS) : usualNs;
  }

  /** How long a connection may take to its first byte. */
  long silenceNs() {
    long usualNs = config.headTimeout().toNanos();
    return draining ? Math.min(usualNs, DRAIN_IDLE_NS) : usualNs;
  }

  /** What sends files over the connection; null where its transport takes none. */
  @Nullable FileCalls fileCalls(Channel connection) {
    return connection instanceof EpollSocketChannel ? fileCalls : null;
  }

  ViewerTokens tokens() {
    return tokens;
  }

  DeliveryConfig config() {
    return config;
  }

  DeliveryMetrics metrics() {
    return metrics;
  }

  static long nowNs() {
    return System.nanoTime();
  }

  /**
   * A peer that goes away in the middle of something, or breaks the protocol, is no error of ours.
   */
  void report(Throwable cause) {
    if (cause instanceof IOException || cause instanceof Http2Exception) {
      log.debug("a connection broke: {}", cause.toString());
      return;
    }
    metrics.closed("error");
    if (ERRORS.isDue(nowNs())) {
      log.error("a connection is closed for an error of ours", cause);
    } else {
      log.debug("a connection is closed for an error of ours", cause);
    }
  }

  void opened(Swept connection) {
    connections.add(connection);
  }

  void closed(Swept connection) {
    connections.remove(connection);
  }

  /** What answers of this loop hold changed by so much; told once in a while. */
  void held(long change) {
    heldBytes += change;
  }

  /** What connections of this loop keep for themselves alone changed by so much. */
  void own(long change) {
    untoldOwnBytes += change;
    if (Math.abs(untoldOwnBytes) >= TELL_OWN_BYTES) {
      tellOwn();
    }
  }

  private void tellOwn() {
    budget.add(untoldOwnBytes);
    metrics.own(untoldOwnBytes);
    untoldOwnBytes = 0;
  }

  /** What one connection may keep now. */
  long ownShareBytes() {
    return budget.shareBytes();
  }

  /** How long an answer with media may take now: less, the more memory such answers keep. */
  long mediaPatienceNs() {
    return mediaPatienceNs;
  }

  private static long patienceNs(long usualNs, double heldShare) {
    double left = Math.clamp(2 - 2 * heldShare, 0, 1);
    return Math.max(Math.min(usualNs, LEAST_PATIENCE_NS), (long) (usualNs * left));
  }

  /**
   * Answers the request at once, or keeps the exchange until there is an answer; before that, until
   * it is its turn, where its address asks for more than it may.
   */
  void handle(Request request, Exchange exchange) {
    if (exchange.own().isTooMuch()) {
      exchange.close("memory");
      return;
    }
    if (turns.isNow(request, exchange, nowNs())) {
      serve(request, exchange);
    }
  }

  /** What goes wrong with one of them must not keep the others waiting for ever. */
  private void serveOrClose(Request request, Exchange exchange) {
    try {
      serve(request, exchange);
    } catch (RuntimeException e) {
      report(e);
      exchange.close("error");
    }
  }

  private void serve(Request request, Exchange exchange) {
    exchange.head = request.method() == Request.Method.HEAD;
    exchange.kind = Kind.OTHER;
    if (exchange.bodyFollows) {
      refuse(exchange, 413, "a body (expected: none)");
      return;
    }
    int most = config.maxRequestLineBytes(); // HTTP/1.1 has looked at it, and HTTP/2 has not
    if (request.path().length() + request.query().length() > most) {
      refuse(exchange, 414, "target: longer than " + most + " bytes");
      return;
    }
    if (request.method() == Request.Method.OTHER) {
      finish(exchange, responses.methodNotAllowed());
      return;
    }
    if (request.method() == Request.Method.OPTIONS) {
      finish(exchange, responses.preflight());
      return;
    }
    Optional<Route> route = Route.of(request.path(), request.routeAt());
    if (route.isEmpty()) {
      finish(exchange, responses.notFound("no such address"));
      return;
    }
    exchange.kind = route.get().kind();
    switch (route.get()) {
      case Route.Time _ -> finish(exchange, responses.time());
      case Route.OfChannel ofChannel -> handle(ofChannel, request, exchange);
    }
  }

  private void handle(Route.OfChannel route, Request request, Exchange exchange) {
    switch (find(route.channel())) {
      case Channels.Found.Watched(WatchedChannel channel) ->
          handle(channel, route, request, exchange);
      case Channels.Found.Unknown _ -> finish(exchange, answers.unknown(route.channel()));
      case Channels.Found.NotKnownYet _ -> finish(exchange, answers.notKnownYet(route.channel()));
    }
  }

  private void handle(
      WatchedChannel channel, Route.OfChannel route, Request request, Exchange exchange) {
    Response refusal = tokens.refusal(channel, request, exchange);
    if (refusal != null) {
      finish(exchange, refusal);
      return;
    }
    long nowNs = nowNs();
    channel.touch(nowNs);
    if (isPlaylist(exchange.kind)) {
      long viewer = viewerKey(request, exchange);
      if (!channel.viewers().seen(viewer, nowNs)) {
        channel.viewers().add(viewer, exchange.address(), nowNs);
      }
    }
    Ask ask = Ask.of(route, request, /* guarded= */ exchange.token != null);
    Response response = answer(channel, ask, /* timedOut= */ false);
    if (response != null) {
      if (response.status() == 404 && !Answers.missing(channel, ask).isEmpty()) {
        askForBytes(channel, ask);
      }
      finish(exchange, response);
    } else if (ask.route() instanceof Route.Segment segment && isOpen(channel, ask)) {
      LoopChannel waiting = watch(channel);
      metrics.waiters(1);
      begin(exchange);
      waiting.follow(ask, segment, exchange);
      waiting.release();
    } else {
      await(channel, ask, exchange, nowNs);
    }
  }

  private static boolean isPlaylist(Kind kind) {
    return switch (kind) {
      case MULTIVARIANT, PLAYLIST, MANIFEST, PATCH -> true;
      case INIT, SEGMENT, PART, TIME, OTHER -> false;
    };
  }

  /** Whether a segment is asked for that is open, by one who can follow it. */
  boolean isOpen(WatchedChannel channel, Ask ask) {
    return ask.pieces() && answers.isOpen(channel, ask);
  }

  /** The head of an answer that is an open segment. */
  Response begun(Ask ask) {
    return (ask.guarded() ? tokens.responses() : responses).begun(Responses.SEGMENT);
  }

  /** Counts an answer whose body will follow. */
  void begin(Exchange exchange) {
    metrics.answered(exchange.kind, 200, 0);
  }

  long patienceNs(WatchedChannel channel, Ask ask) {
    return answers.patience(channel, ask).toNanos();
  }

  /** A channel that was just left is found anew. */
  private Channels.Found find(String name) {
    Channels.Found found = channels.find(name);
    return found instanceof Channels.Found.Watched(WatchedChannel channel)
            && channel.status() == WatchedChannel.Status.GONE
        ? channels.find(name)
        : found;
  }

  private static long viewerKey(Request request, Exchange exchange) {
    String query = request.query();
    int at = query.indexOf(SESSION);
    if (at >= 0) {
      int from = at + SESSION.length();
      int end = query.indexOf(SESSION_END, from);
      if (end > from) {
        return Request.hash(Request.HASH_START, query.substring(from, end));
      }
    }
    return exchange.viewerKey(request.clientHash());
  }

  private void await(WatchedChannel channel, Ask ask, Exchange exchange, long nowNs) {
    LoopChannel waiting = watch(channel);
    exchange.deadlineNs = nowNs + answers.patience(channel, ask).toNanos();
    boolean first = waiting.add(ask, exchange);
    metrics.waiters(1);
    if (first) {
      askForBytes(channel, ask);
      // The view may have changed between the look at it and the registration.
      waiting.release();
    }
  }

  private LoopChannel watch(WatchedChannel channel) {
    LoopChannel waiting = watched.get(channel);
    if (waiting == null) {
      waiting = new LoopChannel(this, channel);
      watched.put(channel, waiting);
      channel.addListener(waiting);
    }
    return waiting;
  }

  private static void askForBytes(WatchedChannel channel, Ask ask) {
    for (PartKey key : Answers.missing(channel, ask)) {
      channel.want(key);
    }
  }

  /** The client is gone: nothing is kept of the exchange. */
  void abandon(Exchange exchange) {
    switch (exchange.list) {
      case WaitGroup group -> {
        group.remove(exchange);
        metrics.waiters(-1);
      }
      case Turns line -> {
        line.remove(exchange);
        exchange.delayed = null;
      }
      case null -> {}
    }
  }

  @Nullable Response answer(WatchedChannel channel, Ask ask, boolean timedOut) {
    return (ask.guarded() ? tokens.answers() : answers).answer(channel, ask, timedOut);
  }

  /** Sends one response to all of a group: all writes first, then all flushes. Releases it. */
  void finish(WaitGroup group, Response response) {
    int count = group.size();
    Exchange first = group.takeAll();
    for (Exchange each = first; each != null; each = each.next) {
      each.list = null;
      write(each, response);
    }
    response.release();
    metrics.waiters(-count);
    Exchange each = first;
    while (each != null) {
      // A flush may begin the connection's next request, which uses the links again.
      Exchange next = each.next;
      each.previous = null;
      each.next = null;
      each.flush();
      each = next;
    }
  }

  /** Sends a response to one; releases it. */
  void finish(Exchange exchange, Response response) {
    try {
      write(exchange, response);
    } finally {
      response.release();
    }
    exchange.flush();
  }

  private void write(Exchange exchange, Response response) {
    if (exchange.head || exchange.unsent().hasRoom(response.heldBytes())) {
      metrics.answered(exchange.kind, response.status(), exchange.head ? 0 : response.bodyLength());
      exchange.write(response);
      return;
    }
    Response refusal = responses.tooMuchHeld();
    metrics.answered(exchange.kind, refusal.status(), refusal.bodyLength());
    try {
      exchange.write(refusal);
    } finally {
      refusal.release();
    }
  }

  /** Refuses a request for its form. */
  void refuse(Exchange exchange, int status, String reason) {
    exchange.kind = Kind.OTHER;
    exchange.head = false;
    finish(exchange, responses.refused(status, reason));
  }

  /** What goes wrong with one must keep no deadline of the others from being looked at. */
  private void attempt(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException e) {
      if (ERRORS.isDue(nowNs())) {
        log.error("a deadline could not be looked at, for an error of ours", e);
      } else {
        log.debug("a deadline could not be looked at, for an error of ours", e);
      }
    }
  }

  private void tick() {
    long nowNs = nowNs();
    boolean tokensChanged = tokens.hasChanged();
    for (LoopChannel channel : List.copyOf(watched.values())) {
      attempt(() -> channel.refuse(tokensChanged));
      attempt(() -> channel.expire(nowNs));
      if (channel.isIdle(nowNs)) {
        watched.remove(channel.channel());
        channel.channel().removeListener(channel);
      }
    }
    turns.give(TimeUnit.MILLISECONDS.toNanos(TICK_MS), nowNs, this::serveOrClose);
    if (++ticks % SWEEP_EVERY_TICKS == 0) {
      mediaPatienceNs = patienceNs(config.answerTimeout().toNanos(), heldShare.getAsDouble());
      for (Swept connection : new ArrayList<>(connections)) {
        attempt(() -> connection.sweep(nowNs));
      }
      tellOwn();
      tokens.tellChecked();
      metrics.held(heldBytes - toldHeldBytes);
      toldHeldBytes = heldBytes;
    }
  }
}
