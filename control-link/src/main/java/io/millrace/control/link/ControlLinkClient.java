package io.millrace.control.link;

import io.grpc.Status;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.Heartbeat;
import io.millrace.control.link.wire.NodeMessage;
import io.millrace.control.link.wire.Reports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps a node's stream to the control plane: connects again for as long as it is open, hands out
 * the directory as it was told last (or as it is on disk), and sends reports.
 *
 * <p>Everything but the questions and {@link #report} runs on one thread of the link's own, the
 * listeners too.
 */
public final class ControlLinkClient implements NodeReports, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlLinkClient.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final int REPORTS_A_MESSAGE = 500;

  private final ControlLinkConfig config;
  private final String credential;
  private final LinkThread thread;
  private final KeptDirectory directory;
  private final ReportOutbox outbox;
  private final CountDownLatch answered = new CountDownLatch(1);
  private final AtomicBoolean flushScheduled = new AtomicBoolean();

  private volatile boolean connected;
  private volatile @Nullable String refusal;
  private volatile boolean closed;

  // Confined to the link's thread.
  private final StreamListener streamListener = new StreamListener();
  private final Backoff backoff;
  private NodeAddresses addresses;
  private @Nullable ControlStream stream;

  private ControlLinkClient(ControlLinkConfig config) throws IOException {
    this.config = config;
    this.addresses = config.node().addresses();
    this.backoff = new Backoff(config.limits().mostBackoff(), RandomGenerator.getDefault());
    this.outbox = new ReportOutbox(config.limits().mostReports());
    NodeState disk = new NodeState(config.stateDirectory());
    this.credential = disk.credential();
    this.thread = new LinkThread();
    this.directory = new KeptDirectory(disk, thread);
  }

  /** Reads what is on disk and begins to connect; does not wait for the control plane. */
  public static ControlLinkClient start(ControlLinkConfig config) {
    try {
      ControlLinkClient client = new ControlLinkClient(config);
      client.thread.execute(client::connect);
      client.thread.every(config.limits().heartbeat(), client::heartbeat);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The node's state in " + config.stateDirectory() + " cannot be read or written", e);
    }
  }

  /** The directory as the node was told it last; it is there though the control plane is away. */
  public NodeDirectory directory() {
    return directory;
  }

  @Override
  public void report(ChannelReport report) {
    if (outbox.put(report) && connected) {
      scheduleFlush();
    }
  }

  /** Tells where the node is reached, now and whenever it connects again. Any thread. */
  public void announce(NodeAddresses newAddresses) {
    thread.execute(
        () -> {
          addresses = newAddresses;
          if (stream != null) {
            stream.send(
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
    return outbox.dropped();
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
    thread.execute(
        () -> {
          if (stream != null) {
            connected = false;
            stream.finish(STOP_TIMEOUT.dividedBy(2));
          }
          directory.saveNow();
        });
    closed = true;
    thread.close(STOP_TIMEOUT);
  }

  private void connect() {
    if (closed) {
      return;
    }
    ControlStream next = new ControlStream(config, thread, streamListener);
    stream = next;
    NodeRegistration registration =
        new NodeRegistration(
            config.node().id(),
            credential,
            config.node().joinToken(),
            config.node().roles(),
            addresses,
            config.node().softwareVersion());
    DirectoryState known = directory.state();
    next.open(
        NodeMessage.newBuilder()
            .setRegister(LinkMessages.register(registration, known.log(), known.number()))
            .build());
    thread.later(() -> requireAnswer(next), config.limits().answerTimeout().toMillis());
  }

  private void requireAnswer(ControlStream asked) {
    if (asked.equals(stream) && !connected) {
      asked.cancel("no answer within " + config.limits().answerTimeout());
    }
  }

  private void heartbeat() {
    if (stream != null && connected) {
      stream.send(NodeMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    }
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true)) {
      thread.later(
          () -> {
            flushScheduled.set(false);
            flush();
          },
          config.limits().reportInterval().toMillis());
    }
  }

  /** Sends what the stream takes now; the rest follows when it takes more. */
  private void flush() {
    while (stream != null && connected && stream.isReady() && !outbox.isEmpty()) {
      List<ChannelReport> batch = outbox.take(REPORTS_A_MESSAGE);
      Reports.Builder message = Reports.newBuilder();
      batch.forEach(report -> message.addReports(LinkMessages.report(report)));
      stream.send(NodeMessage.newBuilder().setReports(message).build());
      outbox.sent(batch);
    }
  }

  /** What the stream of the moment brings; what comes of an earlier one does not count. */
  private final class StreamListener implements ControlStream.Listener {
    @Override
    public void onReady() {
      flush();
    }

    @Override
    public void onMessage(ControlStream from, ControlMessage message) {
      if (!from.equals(stream)) {
        return;
      }
      switch (message.getMessageCase()) {
        case WELCOME -> welcomed(message.getWelcome().getSoftwareVersion());
        case DIRECTORY -> changed(from, LinkMessages.directory(message.getDirectory()));
        case END_BROADCAST ->
            directory.endBroadcast(UUID.fromString(message.getEndBroadcast().getChannelId()));
        case MARK_DATE_RANGE ->
            directory.mark(LinkMessages.markedRange(message.getMarkDateRange()));
        case MESSAGE_NOT_SET -> log.debug("A message that this version does not know is skipped");
      }
    }

    private void welcomed(String controlVersion) {
      log.atLevel(config.inThisProcess() ? Level.DEBUG : Level.INFO)
          .log(
              "Connected to the control plane at {}:{} (version {}) as {}",
              config.host(),
              config.port(),
              controlVersion,
              config.node().id());
      backoff.succeeded();
      refusal = null;
      connected = true;
      outbox.sendAllAgain();
      flush();
    }

    private void changed(ControlStream from, DirectoryChange change) {
      if (directory.change(change)) {
        answered.countDown();
      } else {
        from.cancel("gap in the directory's log");
      }
    }

    @Override
    public void onLost(ControlStream which, Status status) {
      if (!which.equals(stream)) {
        return;
      }
      stream = null;
      boolean wasConnected = connected;
      connected = false;
      which.abandon();
      if (closed) {
        return;
      }
      tell(status, wasConnected);
      thread.later(ControlLinkClient.this::connect, backoff.nextMs());
    }

    private void tell(Status status, boolean wasConnected) {
      boolean refused =
          switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, RESOURCE_EXHAUSTED ->
                true;
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
    }
  }
}
