package io.millrace.control.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.NodeMessage;
import io.millrace.control.link.wire.Register;
import io.millrace.control.link.wire.Reports;
import io.millrace.control.link.wire.Welcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Speaks with one node. Inbound messages come one at a time; the outbound half is guarded by a
 * lock, since changes of the directory come from other threads.
 */
final class NodeSession implements StreamObserver<NodeMessage> {
  private static final Logger log = LoggerFactory.getLogger(NodeSession.class);

  /** So that one who tries again and again asks the database only so often. */
  private static final long REFUSAL_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ControlLinkServerConfig config;
  private final NodeRegistry registry;
  private final ServerCallStreamObserver<ControlMessage> out;
  private final ScheduledExecutorService timer;
  private final BiFunction<NodeRegistration, NodeSession, Admission> admit;
  private final Refusals refusals;

  private volatile String nodeId = "";

  // Inbound, one message at a time.
  private long secondStartNs = System.nanoTime();
  private int messagesThisSecond;
  private boolean refused;

  // Outbound.
  private final ReentrantLock sending = new ReentrantLock();

  @GuardedBy("sending")
  private boolean welcomed;

  @GuardedBy("sending")
  private boolean over;

  @GuardedBy("sending")
  private DirectoryAsSeen view = DirectoryAsSeen.WITHOUT_TOKENS;

  @GuardedBy("sending")
  private String sentLog = "";

  @GuardedBy("sending")
  private long sentNumber;

  NodeSession(
      ControlLinkServerConfig config,
      NodeRegistry registry,
      ServerCallStreamObserver<ControlMessage> out,
      ScheduledExecutorService timer,
      BiFunction<NodeRegistration, NodeSession, Admission> admit,
      Refusals refusals) {
    this.config = config;
    this.registry = registry;
    this.out = out;
    this.timer = timer;
    this.admit = admit;
    this.refusals = refusals;
  }

  /** Empty until the node is admitted. */
  String nodeId() {
    return nodeId;
  }

  /** The time is the connection's, which is counted there and closed when it is over. */
  void awaitRegistration(long leftNs) {
    out.request(1);
    Duration within = config.limits().registerTimeout();
    later(
        () -> {
          if (nodeId.isEmpty()) {
            close(Status.DEADLINE_EXCEEDED.withDescription("no registration within " + within));
          }
        },
        leftNs);
  }

  @Override
  public void onNext(NodeMessage message) {
    try {
      handle(message);
    } catch (IllegalArgumentException e) {
      log.debug("Node {} sent what cannot be read", nodeId, e);
      refusals.count(LinkRefusal.UNREADABLE);
      close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      return;
    }
    requestNext();
  }

  @Override
  public void onError(Throwable error) {
    log.debug("The stream of node {} broke: {}", nodeId, error.getMessage());
  }

  @Override
  public void onCompleted() {
    sending.lock();
    try {
      if (!over) {
        over = true;
        out.onCompleted();
      }
    } finally {
      sending.unlock();
    }
  }

  private void handle(NodeMessage message) {
    if (NodeMessageMarshaller.isUnreadable(message)) {
      throw new IllegalArgumentException("message: not one of this contract");
    }
    if (nodeId.isEmpty()) {
      if (!message.hasRegister()) {
        throw new IllegalArgumentException("first message: not a Register");
      }
      register(message.getRegister());
      return;
    }
    switch (message.getMessageCase()) {
      case REGISTER -> throw new IllegalArgumentException("Register: sent twice");
      case ADDRESSES -> registry.addresses(nodeId, LinkMessages.addresses(message.getAddresses()));
      case REPORTS -> registry.reports(nodeId, readReports(message.getReports()));
      case HEARTBEAT -> registry.heard(nodeId);
      case MESSAGE_NOT_SET -> log.debug("A message of node {} is not known here", nodeId);
    }
  }

  /** A report that cannot be read is left out: the others of the message are still good. */
  private List<ChannelReport> readReports(Reports message) {
    List<ChannelReport> reports = new ArrayList<>(message.getReportsCount());
    for (var report : message.getReportsList()) {
      try {
        reports.add(LinkMessages.report(report));
      } catch (IllegalArgumentException e) {
        log.debug("A report of node {} cannot be read: {}", nodeId, e.getMessage());
      }
    }
    return reports;
  }

  private void register(Register message) {
    if (message.getLeastVersion() > LinkMessages.MOST_VERSION
        || message.getMostVersion() < LinkMessages.LEAST_VERSION) {
      close(
          Status.FAILED_PRECONDITION.withDescription(
              "the node speaks versions %d to %d of the control link, the control plane %d to %d: update the older of the two"
                  .formatted(
                      message.getLeastVersion(),
                      message.getMostVersion(),
                      LinkMessages.LEAST_VERSION,
                      LinkMessages.MOST_VERSION)));
      return;
    }
    NodeRegistration registration = LinkMessages.registration(message);
    switch (admit.apply(registration, this)) {
      case Admission.Refused(Admission.Reason reason, String why) -> {
        refused = true;
        later(() -> refuse(reason, why), REFUSAL_DELAY_NS);
      }
      case Admission.Admitted _ -> {
        nodeId = registration.nodeId();
        log.atLevel(level()).log("Node {} connected, roles {}", nodeId, registration.roles());
        welcome(message);
      }
    }
  }

  private void welcome(Register message) {
    sending.lock();
    try {
      view = DirectoryAsSeen.by(message);
      sentLog = view.logOf(message.getDirectoryLog());
      sentNumber = message.getDirectoryNumber();
      welcomed = true;
      put(
          ControlMessage.newBuilder()
              .setWelcome(
                  Welcome.newBuilder()
                      .setVersion(Math.min(message.getMostVersion(), LinkMessages.MOST_VERSION))
                      .setSoftwareVersion(config.softwareVersion()))
              .build());
      putDirectory(/* evenIfNothingNew= */ true);
    } finally {
      sending.unlock();
    }
  }

  /** Sends what the node lacks, if the stream takes it now; otherwise it is sent when it does. */
  void sendDirectory() {
    sending.lock();
    try {
      if (welcomed && !over && out.isReady()) {
        putDirectory(/* evenIfNothingNew= */ false);
      }
    } finally {
      sending.unlock();
    }
  }

  void send(ControlMessage message) {
    sending.lock();
    try {
      if (welcomed) {
        put(message);
      }
    } finally {
      sending.unlock();
    }
  }

  @GuardedBy("sending")
  private void putDirectory(boolean evenIfNothingNew) {
    DirectoryChange change = registry.directorySince(sentLog, sentNumber);
    boolean isNew = change.number() != sentNumber || !change.log().equals(sentLog);
    if (isNew || evenIfNothingNew) {
      put(
          ControlMessage.newBuilder()
              .setDirectory(LinkMessages.directory(view.of(change)))
              .build());
      sentLog = change.log();
      sentNumber = change.number();
    }
  }

  @GuardedBy("sending")
  private void put(ControlMessage message) {
    if (!over) {
      out.onNext(message);
    }
  }

  void refuse(Admission.Reason reason, String why) {
    refusals.countNode(LinkRefusal.of(reason), why);
    close(
        switch (reason) {
          case UNKNOWN -> Status.UNAUTHENTICATED.withDescription(why);
          case ROLES -> Status.PERMISSION_DENIED.withDescription(why);
          case UNAVAILABLE -> Status.UNAVAILABLE.withDescription(why);
          case LIMIT -> Status.RESOURCE_EXHAUSTED.withDescription(why);
        });
  }

  void supersede() {
    close(Status.ABORTED.withDescription("the node connected again"));
  }

  void stop() {
    close(Status.UNAVAILABLE.withDescription("the control plane stops"));
  }

  /** The stream is over: nothing is sent any more. */
  void ended() {
    sending.lock();
    try {
      over = true;
    } finally {
      sending.unlock();
    }
    if (!nodeId.isEmpty()) {
      log.atLevel(level()).log("Node {} is no longer connected on this stream", nodeId);
    }
  }

  private Level level() {
    return registry.isInThisProcess(nodeId) ? Level.DEBUG : Level.INFO;
  }

  private void close(Status status) {
    sending.lock();
    try {
      if (!over) {
        over = true;
        out.onError(status.asRuntimeException());
      }
    } finally {
      sending.unlock();
    }
  }

  private void requestNext() {
    if (refused) {
      return;
    }
    long nowNs = System.nanoTime();
    if (nowNs - secondStartNs >= NANOS_PER_SECOND) {
      secondStartNs = nowNs;
      messagesThisSecond = 0;
    }
    if (++messagesThisSecond <= config.limits().mostMessagesPerSecond()) {
      out.request(1);
    } else {
      later(() -> out.request(1), NANOS_PER_SECOND - (nowNs - secondStartNs));
    }
  }

  private void later(Runnable task, long delayNs) {
    try {
      var _ = timer.schedule(task, delayNs, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The control link is stopping");
    }
  }
}
