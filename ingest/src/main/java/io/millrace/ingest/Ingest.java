package io.millrace.ingest;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.NodeReports;
import io.millrace.fabric.Fabric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Admits publishers and turns what they send into the channels' input logs, which it serves to
 * packagers as {@link io.millrace.fabric.Feed#INPUT}.
 *
 * <p>{@link #admit} may be called from any thread and never blocks: the directory is in memory, so
 * publishers with known keys are admitted while the control plane is away. Of two sessions with one
 * key the newer wins at once; another key of the same channel is refused while the channel's
 * publisher delivers.
 */
public final class Ingest implements AutoCloseable {
  /** Events that one task takes out of a publication before others get their turn. */
  private static final int BATCH = 512;

  private final IngestConfig config;
  private final Fabric fabric;
  private final NodeDirectory directory;
  private final IngestMetrics metrics;
  private final IngestClock clock;
  private final IngestEnvironment environment;
  private final RefusalLog refusals;

  // Any thread.
  private final ConcurrentHashMap<UUID, Publication> publications = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<UUID, ChannelBudget> budgets = new ConcurrentHashMap<>();
  private final AtomicInteger publishers = new AtomicInteger();
  private final AtomicLong generations = new AtomicLong();

  /** Publications that the agent is not done with: those in use and ended ones. */
  private final AtomicInteger unfinished = new AtomicInteger();

  /** For the agent's next tick; each publication is there once at most. */
  private final ArrayBlockingQueue<Publication> toDrain;

  private final AtomicBoolean directoryChanged = new AtomicBoolean();
  private volatile boolean closed;
  private volatile boolean draining;

  // The agent only.
  private final InputFeed feed;

  /** Written by the agent only; others may look and ask a channel for something. */
  private final ConcurrentHashMap<UUID, ChannelInput> channels = new ConcurrentHashMap<>();

  private long nextReportNs = Long.MIN_VALUE;

  public Ingest(
      IngestConfig config,
      Fabric fabric,
      NodeDirectory directory,
      NodeReports reports,
      PrometheusRegistry registry) {
    this(
        config,
        fabric,
        directory,
        reports,
        registry,
        IngestClock.system(),
        RandomGenerator.of("SecureRandom"));
  }

  /** As the other constructor, with the clock and the source of identifiers given. */
  public Ingest(
      IngestConfig config,
      Fabric fabric,
      NodeDirectory directory,
      NodeReports reports,
      PrometheusRegistry registry,
      IngestClock clock,
      RandomGenerator random) {
    this.config = config;
    this.fabric = fabric;
    this.directory = directory;
    this.clock = clock;
    this.metrics = new IngestMetrics(registry, publishers::get);
    this.feed = new InputFeed(config, metrics);
    this.environment = new IngestEnvironment(config, reports, metrics, clock, random);
    this.refusals = new RefusalLog(clock);
    this.toDrain = new ArrayBlockingQueue<>(mostUnfinished());
    // The first number may cost a seeding: not on the agent.
    random.nextLong();
    fabric.serve(feed);
    fabric.every(config.tick(), this::tick);
    directory.onChange(this::directoryChanged);
    directory.onEndBroadcast(id -> ask(id, ChannelInput::askToEnd));
    directory.onDateRange(range -> ask(range.channel(), channel -> channel.askToMark(range)));
  }

  /**
   * Whether {@link #admit} has all it needs to decide on the key. A key that is not known may be of
   * a channel that was just made, of which this node hears a moment later. Any thread.
   */
  public boolean canDecide(StreamKey key) {
    return closed
        || draining
        || key.isEmpty()
        || directory.channelByKeyHash(key.hash()).isPresent();
  }

  /**
   * Decides on a publisher. Once admitted, it is the channel's only one: {@code handle} of the
   * session before it is told {@link CloseReason#TAKEN_OVER}.
   */
  public Admission admit(StreamKey key, PublisherAddress address, PublisherHandle handle) {
    boolean known = directory.isKnown(); // asked first: the directory may come in between
    Optional<DirectoryChannel> channel = directory.channelByKeyHash(key.hash());
    if (closed || draining) {
      return refuse(Admission.Reason.SHUTTING_DOWN, address);
    }
    if (key.isEmpty()) {
      return refuse(Admission.Reason.NO_KEY, address);
    }
    if (channel.isEmpty()) {
      return refuse(known ? Admission.Reason.UNKNOWN_KEY : Admission.Reason.NOT_READY, address);
    }
    // Sessions that come and go while the agent is stuck must not pile up.
    if (unfinished.incrementAndGet() > mostUnfinished()) {
      unfinished.decrementAndGet();
      return refuse(Admission.Reason.TOO_MANY_PUBLISHERS, address);
    }
    Admission admission = admit(channel.get(), key, address, handle);
    if (admission instanceof Admission.Refused) {
      unfinished.decrementAndGet();
    }
    return admission;
  }

  private Admission admit(
      DirectoryChannel channel, StreamKey key, PublisherAddress address, PublisherHandle handle) {
    UUID id = channel.id();
    while (true) {
      Publication before = publications.get(id);
      if (before == null && publishers.get() >= config.maxPublishers()) {
        return refuse(Admission.Reason.TOO_MANY_PUBLISHERS, address);
      }
      if (before != null && !before.key().equals(key) && before.deliversAt(clock.utcNs())) {
        return refuse(Admission.Reason.CHANNEL_BUSY, address);
      }
      Publication publication =
          new Publication(this, channel, key, address, handle, generations.incrementAndGet());
      boolean won =
          before == null
              ? publications.putIfAbsent(id, publication) == null
              : publications.replace(id, before, publication);
      if (won) {
        return admitted(before, publication);
      }
    }
  }

  private int mostUnfinished() {
    return 2 * config.maxPublishers();
  }

  /** Refuses publishers from now on; those that are there go on. Any thread. */
  public void drain() {
    draining = true;
  }

  /** How many publishers there are. Any thread. */
  public int publishers() {
    return publishers.get();
  }

  /** Refuses publishers from now on and closes those that are there. */
  @Override
  public void close() {
    closed = true;
    for (Publication publication : publications.values()) {
      publication.expel(CloseReason.SHUT_DOWN);
    }
    fabric.execute(this::leaveBroadcasts);
  }

  IngestConfig config() {
    return config;
  }

  IngestMetrics metrics() {
    return metrics;
  }

  RefusalLog refusals() {
    return refusals;
  }

  IngestClock clock() {
    return clock;
  }

  /** What a channel's publishers may send. Any thread. */
  ChannelBudget budget(UUID channel) {
    return budgets.computeIfAbsent(
        channel, _ -> new ChannelBudget(config.maxBytesPerSecond(), clock.utcNs()));
  }

  /** Has the agent take what the publication holds: now, or at its next tick. Any thread. */
  void wake(Publication publication) {
    if (!fabric.execute(() -> drain(publication))) {
      metrics.agentFull();
      toDrain.add(publication);
    }
  }

  /** The publication is closed. Any thread. */
  void forget(Publication publication) {
    publishers.decrementAndGet();
    publications.remove(publication.channel().id(), publication);
  }

  private Admission admitted(@Nullable Publication before, Publication publication) {
    publishers.incrementAndGet();
    metrics.admitted();
    if (before != null) {
      metrics.tookOver();
      before.expel(CloseReason.TAKEN_OVER);
    }
    publication.start();
    return new Admission.Admitted(publication);
  }

  private Admission refuse(Admission.Reason reason, PublisherAddress address) {
    metrics.refused(reason);
    refusals.refused(reason, address);
    return new Admission.Refused(reason);
  }

  private void ask(UUID id, Consumer<ChannelInput> question) {
    ChannelInput channel = channels.get(id);
    if (channel != null) {
      question.accept(channel);
      // Where the agent's queue is full, its next tick looks.
      fabric.execute(this::doAsked);
    }
  }

  private void directoryChanged() {
    for (Publication publication : publications.values()) {
      Optional<DirectoryChannel> found = directory.channelByKeyHash(publication.key().hash());
      if (found.isEmpty() || !found.get().id().equals(publication.channel().id())) {
        publication.expel(CloseReason.KEY_REVOKED);
      }
    }
    directoryChanged.set(true);
    fabric.execute(this::applyDirectory);
  }

  private void tick() {
    for (Publication waiting = toDrain.poll(); waiting != null; waiting = toDrain.poll()) {
      drain(waiting);
    }
    doAsked();
    applyDirectory();
    long nowNs = clock.utcNs();
    boolean reportNow = nowNs >= nextReportNs;
    if (reportNow) {
      nextReportNs = nowNs + config.report().toNanos();
    }
    for (Iterator<ChannelInput> all = channels.values().iterator(); all.hasNext(); ) {
      ChannelInput channel = all.next();
      channel.tick(nowNs);
      if (reportNow) {
        channel.report(nowNs);
      }
      if (channel.isForgettable()) {
        all.remove();
      }
    }
    feed.trim();
    budgets.values().removeIf(budget -> budget.isUnused(nowNs));
    for (Publication publication : publications.values()) {
      publication.resumeIfPossible();
    }
  }

  private void drain(Publication publication) {
    ChannelInput channel =
        channels.computeIfAbsent(
            publication.channel().id(),
            id -> new ChannelInput(publication.channel(), feed, environment));
    for (PublisherEvent event : publication.drain(BATCH)) {
      channel.handle(publication, event, clock.utcNs());
    }
    if (publication.retire()) {
      unfinished.decrementAndGet();
    } else {
      publication.schedule();
      publication.resumeIfPossible();
    }
  }

  private void doAsked() {
    for (ChannelInput channel : channels.values()) {
      channel.doAsked(clock.utcNs());
    }
  }

  private void leaveBroadcasts() {
    for (ChannelInput channel : channels.values()) {
      channel.leave(clock.utcNs());
    }
  }

  private void applyDirectory() {
    if (!directoryChanged.compareAndSet(true, false)) {
      return;
    }
    for (Map.Entry<UUID, ChannelInput> entry : channels.entrySet()) {
      directory
          .channel(entry.getKey())
          .ifPresentOrElse(
              settings -> entry.getValue().settings(settings),
              () -> entry.getValue().end("channel_removed", clock.utcNs()));
    }
  }
}
