package io.millrace.control.link;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.control.link.wire.ControlLinkGrpc;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.Heartbeat;
import io.millrace.control.link.wire.NodeMessage;
import io.millrace.control.link.wire.Reports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's stream to the control plane: connects again for as long as it is open, hands out
 * the directory as it was told last (or as it is on disk), and sends reports.
 *
 * <p>Everything but the questions and {@link #report} runs on one thread of the link's own, the
 * listeners too.
 */
public final class ControlLinkClient implements NodeDirectory, NodeReports, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlLinkClient.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration SAVE_DELAY = Duration.ofMillis(200);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final int REPORTS_A_MESSAGE = 500;

  private record ReportKey(UUID channel, Role role) {}

  private final ControlLinkConfig config;
  private final NodeState nodeState;
  private final String credential;
  private final ScheduledExecutorService thread;
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<UUID>> endListeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch answered = new CountDownLatch(1);

  private final Map<ReportKey, ChannelReport> reports = new ConcurrentHashMap<>();
  private final Set<ReportKey> unsent = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean flushScheduled = new AtomicBoolean();
  private final AtomicLong reportsDropped = new AtomicLong();

  private volatile DirectoryState state;
  private volatile boolean connected;
  private volatile @Nullable String refusal;
  private volatile boolean closed;

  // Confined to the link's thread.
  private NodeAddresses addresses;
  private @Nullable Connection connection;
  private int failures;
  private boolean saveScheduled;

  private ControlLinkClient(ControlLinkConfig config) throws IOException {
    this.config = config;
    this.addresses = config.addresses();
    this.nodeState = new NodeState(config.stateDirectory());
    this.credential = nodeState.credential();
    this.state = nodeState.directory();
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("control-link").daemon().factory());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.thread = executor;
  }

  /** Reads what is on disk and begins to connect; does not wait for the control plane. */
  public static ControlLinkClient start(ControlLinkConfig config) {
    try {
      ControlLinkClient client = new ControlLinkClient(config);
      client.onThread(client::connect);
      long heartbeatMs = config.heartbeat().toMillis();
      var _ =
          client.thread.scheduleWithFixedDelay(
              () -> client.guarded(client::heartbeat),
              heartbeatMs,
              heartbeatMs,
              TimeUnit.MILLISECONDS);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The node's state in " + config.stateDirectory() + " cannot be read or written", e);
    }
  }

  @Override
  public boolean isKnown() {
    return state.isKnown();
  }

  @Override
  public Optional<DirectoryChannel> channel(String nameOrId) {
    return state.channel(nameOrId);
  }

  @Override
  public Optional<DirectoryChannel> channel(UUID id) {
    return state.channel(id);
  }

  @Override
  public Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
    return state.channelByKeyHash(keyHash);
  }

  @Override
  public List<DirectoryNode> nodes(Role role) {
    return state.nodes(role);
  }

  @Override
  public void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  @Override
  public void onEndBroadcast(Consumer<UUID> listener) {
    endListeners.add(listener);
  }

  @Override
  public void report(ChannelReport report) {
    ReportKey key = new ReportKey(report.channel(), report.role());
    if (reports.size() >= config.mostReports() && !reports.containsKey(key)) {
      if (reportsDropped.getAndIncrement() == 0) {
        log.warn(
            "More than {} channels to report on: the others are not reported",
            config.mostReports());
      }
      return;
    }
    reports.put(key, report);
    unsent.add(key);
    if (connected) {
      scheduleFlush();
    }
  }

  /** Tells where the node is reached, now and whenever it connects again. Any thread. */
  public void announce(NodeAddresses newAddresses) {
    onThread(
        () -> {
          addresses = newAddresses;
          if (connection != null) {
            connection.send(
                NodeMessage.newBuilder().setAddresses(LinkMessages.addresses(addresses)).build());
          }
        });
  }

  /** Whether the control plane has admitted the node on the stream that is open now. */
  public boolean connected() {
    return connected;
  }

  /** Why the control plane refused the node last; empty while it is admitted or away. */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** How many reports were dropped because there were too many channels. */
  public long reportsDropped() {
    return reportsDropped.get();
  }

  /**
   * Waits until the directory has come from the control plane once, or the node was refused.
   *
   * @return whether the directory has come
   */
  public boolean awaitDirectory(Duration timeout) throws InterruptedException {
    return answered.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && refusal == null;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    onThread(
        () -> {
          if (connection != null) {
            connection.finish();
          }
          if (saveScheduled) {
            save();
          }
        });
    closed = true;
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    Connection next = new Connection();
    connection = next;
    next.open();
  }

  private void lost(Connection which, Status status) {
    if (connection != which) {
      return;
    }
    connection = null;
    boolean wasConnected = connected;
    connected = false;
    which.abandon();
    if (closed) {
      return;
    }
    boolean refused =
        switch (status.getCode()) {
          case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, RESOURCE_EXHAUSTED -> true;
          default -> false;
        };
    String why =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    if (refused) {
      if (!why.equals(refusal)) {
        log.error("The control plane refuses this node: {}", why);
      }
      refusal = why;
      answered.countDown();
    } else if (wasConnected) {
      log.warn("The control plane is away, going on with what is known: {}", why);
    } else {
      log.debug("The control plane cannot be reached: {}", why);
    }
    later(this::connect, backoffMs());
    failures++;
  }

  /** Doubles with each failure, and spreads nodes that lost the same control plane. */
  private long backoffMs() {
    long ceiling =
        Math.min(
            config.mostBackoff().toMillis(), FIRST_BACKOFF.toMillis() << Math.min(failures, 20));
    return ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
  }

  private void received(Connection from, ControlMessage message) {
    if (connection != from) {
      return;
    }
    switch (message.getMessageCase()) {
      case WELCOME -> welcomed(message.getWelcome().getSoftwareVersion());
      case DIRECTORY -> changed(from, LinkMessages.directory(message.getDirectory()));
      case END_BROADCAST -> endBroadcast(UUID.fromString(message.getEndBroadcast().getChannelId()));
      case MESSAGE_NOT_SET -> log.debug("A message that this version does not know is skipped");
    }
  }

  private void welcomed(String controlVersion) {
    log.info(
        "Connected to the control plane at {}:{} (version {}) as {}",
        config.host(),
        config.port(),
        controlVersion,
        config.nodeId());
    failures = 0;
    refusal = null;
    connected = true;
    unsent.addAll(reports.keySet());
    flush();
  }

  private void changed(Connection from, DirectoryChange change) {
    DirectoryState before = state;
    if (!before.precedes(change)) {
      log.warn(
          "The directory's log has a gap between {} and {}: fetching all of it",
          before.number(),
          change.fromNumber());
      state = before.withoutNumber();
      from.cancel("gap in the directory's log");
      return;
    }
    DirectoryState after = before.with(change);
    state = after;
    answered.countDown();
    if (before.isKnown() && after.number() == before.number() && after.log().equals(before.log())) {
      return;
    }
    if (!saveScheduled) {
      saveScheduled = true;
      later(this::save, SAVE_DELAY.toMillis());
    }
    changeListeners.forEach(listener -> guarded(listener));
  }

  private void endBroadcast(UUID channel) {
    endListeners.forEach(listener -> guarded(() -> listener.accept(channel)));
  }

  private void save() {
    saveScheduled = false;
    try {
      nodeState.save(state);
    } catch (IOException e) {
      log.error("The directory cannot be saved in {}", config.stateDirectory(), e);
    }
  }

  private void heartbeat() {
    if (connection != null && connected) {
      connection.send(
          NodeMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    }
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true)) {
      later(
          () -> {
            flushScheduled.set(false);
            flush();
          },
          config.reportInterval().toMillis());
    }
  }

  /** Sends what the stream takes now; the rest follows when it takes more. */
  private void flush() {
    while (connection != null && connected && connection.ready() && !unsent.isEmpty()) {
      List<ChannelReport> batch = new ArrayList<>();
      Iterator<ReportKey> keys = unsent.iterator();
      while (keys.hasNext() && batch.size() < REPORTS_A_MESSAGE) {
        ReportKey key = keys.next();
        // Removed before the report is read: one that comes in between is sent again.
        keys.remove();
        ChannelReport report = reports.get(key);
        if (report != null) {
          batch.add(report);
        }
      }
      Reports.Builder message = Reports.newBuilder();
      batch.forEach(report -> message.addReports(LinkMessages.report(report)));
      connection.send(NodeMessage.newBuilder().setReports(message).build());
      for (ChannelReport report : batch) {
        if (report.state() == ChannelReport.State.ENDED) {
          reports.remove(new ReportKey(report.channel(), report.role()), report);
        }
      }
    }
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      log.debug("A task came after the end");
    }
  }

  private void later(Runnable task, long delayMs) {
    try {
      var _ = thread.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("A task came after the end");
    }
  }

  /** The one catch at the top of the link's thread: a listener's error must not stop the link. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("A task of the control link failed", e);
    }
  }

  /** One attempt to connect and the stream that may come of it. Confined to the link's thread. */
  private final class Connection {
    private final ManagedChannel channel =
        NettyChannelBuilder.forAddress(config.host(), config.port())
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(config.mostMessageBytes())
            .keepAliveTime(5, TimeUnit.SECONDS)
            .keepAliveTimeout(3, TimeUnit.SECONDS)
            .build();
    private @Nullable ClientCallStreamObserver<NodeMessage> out;

    void open() {
      Inbound inbound = new Inbound(this);
      ControlLinkGrpc.newStub(channel).connect(inbound);
      ClientCallStreamObserver<NodeMessage> opened = inbound.out;
      out = opened;
      NodeRegistration registration =
          new NodeRegistration(
              config.nodeId(),
              credential,
              config.joinToken(),
              config.roles(),
              addresses,
              config.softwareVersion());
      send(
          NodeMessage.newBuilder()
              .setRegister(LinkMessages.register(registration, state.log(), state.number()))
              .build());
      later(this::requireAnswer, config.answerTimeout().toMillis());
    }

    boolean ready() {
      return out != null && out.isReady();
    }

    void send(NodeMessage message) {
      if (out != null) {
        try {
          out.onNext(message);
        } catch (IllegalStateException e) {
          log.debug("The stream ended before a message could be sent", e);
        }
      }
    }

    void cancel(String why) {
      if (out != null) {
        out.cancel(why, null);
      }
    }

    void finish() {
      connected = false;
      if (out != null) {
        out.onCompleted();
      }
      channel.shutdown();
      try {
        if (!channel.awaitTermination(STOP_TIMEOUT.toMillis() / 2, TimeUnit.MILLISECONDS)) {
          channel.shutdownNow();
        }
      } catch (InterruptedException e) {
        channel.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }

    void abandon() {
      channel.shutdownNow();
    }

    private void requireAnswer() {
      if (connection == this && !connected) {
        cancel("no answer within " + config.answerTimeout());
      }
    }
  }

  /** Takes gRPC's callbacks to the link's thread. */
  private final class Inbound implements ClientResponseObserver<NodeMessage, ControlMessage> {
    private final Connection owner;
    private @Nullable ClientCallStreamObserver<NodeMessage> out;

    Inbound(Connection owner) {
      this.owner = owner;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<NodeMessage> requestStream) {
      this.out = requestStream;
      requestStream.setOnReadyHandler(() -> onThread(ControlLinkClient.this::flush));
    }

    @Override
    public void onNext(ControlMessage message) {
      onThread(() -> received(owner, message));
    }

    @Override
    public void onError(Throwable error) {
      onThread(() -> lost(owner, Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      onThread(() -> lost(owner, Status.UNAVAILABLE.withDescription("the stream was ended")));
    }
  }
}
