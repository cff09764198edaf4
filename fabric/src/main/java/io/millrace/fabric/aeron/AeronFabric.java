package io.millrace.fabric.aeron;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.exceptions.AeronException;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a process's links over Aeron, with an embedded media driver and one agent thread that runs
 * everything: driver, client, links, timers and tasks. Thread-safe, as {@link Fabric} says.
 */
public final class AeronFabric implements Fabric {
  private static final Logger LOG = LoggerFactory.getLogger(AeronFabric.class);
  private static final long STALL_NS = 250_000_000;
  private static final long SECOND_NS = 1_000_000_000;
  private static final long FAREWELL_NS = 20_000_000;
  private static final int TASKS_A_CYCLE = 64;

  /** A task that comes back. */
  private static final class Timer {
    private final long periodNs;
    private final Runnable task;
    private long dueNs;

    private Timer(long periodNs, Runnable task, long nowNs) {
      this.periodNs = periodNs;
      this.task = task;
      this.dueNs = nowNs + periodNs;
    }
  }

  private final class LinkOwner implements ReceivingLink.Owner {
    @Override
    public boolean inAgent() {
      return AeronFabric.this.inAgent();
    }

    @Override
    public void run(Runnable command) {
      AeronFabric.this.command(command);
    }

    @Override
    public void remove(ReceivingLink link) {
      links.remove(link);
    }
  }

  private final FabricConfig config;
  private final DirectoryLock lock;
  private final AgentWaiter waiter = new AgentWaiter();
  private final MediaDriver driver;
  private final AgentInvoker driverInvoker;
  private final AgentInvoker clientInvoker;
  private final AgentContext context;
  private final ServingEnd serving;
  private final Thread agent;
  private final ManyToOneConcurrentArrayQueue<Runnable> tasks;
  private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final LinkOwner owner = new LinkOwner();
  private final long coalesceNs;
  private final long idleWaitMs;
  private volatile boolean running = true;

  // Confined to the agent thread.
  private final List<ReceivingLink> links = new ArrayList<>();
  private final List<Timer> timers = new ArrayList<>();
  private long lastCycleNs;
  private boolean workedSinceWake;
  private long lastWakeNs;
  private long sleptNs;
  private long secondNs;
  private long naks;
  private long retransmits;

  private AeronFabric(
      FabricConfig config,
      DirectoryLock lock,
      PrometheusRegistry registry,
      Function<AgentWaiter, ReceiveChannelEndpointSupplier> receivers) {
    this.config = config;
    this.lock = lock;
    this.tasks = new ManyToOneConcurrentArrayQueue<>(config.mostTasks());
    this.coalesceNs = config.coalesce().toNanos();
    this.idleWaitMs = config.idleWait().toMillis();
    FabricMetrics metrics = new FabricMetrics(registry);
    MediaDriver.Context driverContext = driverContext(metrics, receivers.apply(waiter));
    int windowBytes = Math.min(driverContext.socketRcvbufLength(), config.mediaTermBytes() / 2) / 2;
    driverContext.initialWindowLength(windowBytes);
    Channels channels = new Channels(config, windowBytes);
    this.driver = MediaDriver.launch(driverContext);
    this.driverInvoker = driver.sharedAgentInvoker();
    try {
      Aeron aeron = Aeron.connect(clientContext(metrics));
      this.clientInvoker = aeron.conductorAgentInvoker();
      SecureRandom random = new SecureRandom();
      this.context =
          new AgentContext(
              aeron,
              config,
              metrics,
              channels,
              random.nextLong(),
              random,
              new AtomicInteger(Channels.FIRST_LINK_STREAM));
      this.serving = new ServingEnd(context);
    } catch (Throwable e) { // checked ones too, which Aeron throws undeclared
      CloseHelper.quietClose(driver);
      throw e;
    }
    this.agent = Thread.ofPlatform().name("fabric").daemon().unstarted(this::runAgent);
  }

  /**
   * Opens a process's fabric and starts its agent thread.
   *
   * @throws FabricException where the directory or the port is in use, or Aeron does not start
   */
  public static AeronFabric open(FabricConfig config, PrometheusRegistry registry) {
    return open(
        config,
        registry,
        waiter ->
            (channel, dispatcher, status, context) ->
                new WatchedReceiveEndpoint(channel, dispatcher, status, context, waiter));
  }

  /** The same with receive endpoints of the caller's, which tests lose datagrams with. */
  static AeronFabric open(
      FabricConfig config,
      PrometheusRegistry registry,
      Function<AgentWaiter, ReceiveChannelEndpointSupplier> receivers) {
    DirectoryLock lock = DirectoryLock.take(config.directory());
    try {
      LeftDirectories.remove(config.directory());
      AeronFabric fabric = new AeronFabric(config, lock, registry, receivers);
      fabric.agent.start();
      return fabric;
    } catch (FabricException e) {
      LeftDirectories.removeFailed(config.directory());
      lock.close();
      throw e;
    } catch (Exception e) { // as above
      LeftDirectories.removeFailed(config.directory());
      lock.close();
      throw new FabricException(Scope.FABRIC, "Aeron did not start: " + e.getMessage(), e);
    }
  }

  private MediaDriver.Context driverContext(
      FabricMetrics metrics, ReceiveChannelEndpointSupplier receivers) {
    MediaDriver.Context ctx = new MediaDriver.Context();
    int receiveBuffer =
        Endpoints.socketBuffer(StandardSocketOptions.SO_RCVBUF, config.socketBufferBytes());
    int sendBuffer =
        Endpoints.socketBuffer(StandardSocketOptions.SO_SNDBUF, config.socketBufferBytes());
    // A stopped or suspended process must find its own driver alive when it goes on.
    long forEver = TimeUnit.HOURS.toNanos(24);
    ctx.aeronDirectoryName(config.directory().toString())
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .warnIfDirectoryExists(false)
        .threadingMode(ThreadingMode.INVOKER)
        .asyncExecutorEnabled(false)
        .useWindowsHighResTimer(false)
        .socketRcvbufLength(receiveBuffer)
        .socketSndbufLength(sendBuffer)
        .ipcMtuLength(65_504)
        .ipcTermBufferLength(config.mediaTermBytes())
        .publicationTermBufferLength(config.mediaTermBytes())
        .termBufferSparseFile(true)
        .counterValuesBufferLength(1 << 20)
        .nakUnicastDelayNs(100_000)
        .publicationLingerTimeoutNs(SECOND_NS)
        .imageLivenessTimeoutNs(config.linkTimeout().toNanos() + 3 * SECOND_NS)
        .clientLivenessTimeoutNs(forEver)
        .publicationUnblockTimeoutNs(2 * forEver)
        .receiveChannelEndpointSupplier(receivers)
        .sendChannelEndpointSupplier(
            (channel, status, context) -> new WatchedSendEndpoint(channel, status, context, waiter))
        .errorHandler(error -> onDriverError(metrics, error));
    ctx.driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(forEver));
    return ctx;
  }

  private Aeron.Context clientContext(FabricMetrics metrics) {
    Aeron.Context ctx =
        new Aeron.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driverInvoker)
            .errorHandler(error -> onClientError(metrics, error));
    ctx.driverTimeoutMs(TimeUnit.HOURS.toMillis(24));
    return ctx;
  }

  private static void onDriverError(FabricMetrics metrics, Throwable error) {
    metrics.driverErrors.inc();
    LOG.warn("aeron: {}", error.getMessage(), LOG.isDebugEnabled() ? error : null);
  }

  /** Aeron hands over what a handler threw while it polled. */
  private static void onClientError(FabricMetrics metrics, Throwable error) {
    if (error instanceof AeronException) {
      onDriverError(metrics, error);
    } else {
      metrics.callbackErrors.inc();
      LOG.error("callback failed", error);
    }
  }

  @Override
  public void serve(FeedSource source) {
    command(() -> serving.serve(source));
  }

  @Override
  public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
    ReceivingLink link = new ReceivingLink(peer, feed, handler, owner, context);
    switch (peer) {
      case NodeAddress.Local local -> command(() -> openLink(link, null));
      case NodeAddress.Udp udp ->
          Thread.ofVirtual().name("fabric-resolve").start(() -> resolve(link, udp));
    }
    return link;
  }

  /** Asks for the peer's address, which can take long, until there is one. */
  private void resolve(ReceivingLink link, NodeAddress.Udp peer) {
    InetSocketAddress address = new InetSocketAddress(peer.host(), peer.port());
    while (address.isUnresolved() && running && !link.isClosed()) {
      LOG.warn("host not known: {}", peer.host());
      LockSupport.parkNanos(SECOND_NS);
      address = new InetSocketAddress(peer.host(), peer.port());
    }
    InetSocketAddress found = address;
    command(() -> openLink(link, found));
  }

  private void openLink(ReceivingLink link, @Nullable InetSocketAddress address) {
    if (!link.isClosed()) {
      link.address(address);
      links.add(link);
    }
  }

  @Override
  public boolean execute(Runnable task) {
    if (!tasks.offer(task)) {
      context.metrics().tasksRefused.inc();
      return false;
    }
    waiter.wake();
    return true;
  }

  /** Runs what must not be refused; callers are few and bounded. */
  private void command(Runnable command) {
    commands.add(command);
    waiter.wake();
  }

  @Override
  public void every(Duration period, Runnable task) {
    command(() -> timers.add(new Timer(period.toNanos(), task, System.nanoTime())));
  }

  @Override
  public boolean inAgent() {
    return Thread.currentThread().equals(agent);
  }

  @Override
  public int port() {
    return context.channels().listeningPort();
  }

  @Override
  public void close() {
    running = false;
    waiter.wake();
    if (!inAgent()) {
      boolean interrupted = false;
      while (agent.isAlive()) {
        try {
          agent.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void runAgent() {
    driverInvoker.start();
    clientInvoker.start();
    lastCycleNs = System.nanoTime();
    secondNs = lastCycleNs;
    try {
      while (running) {
        long nowNs = System.nanoTime();
        forgiveStall(nowNs);
        if (cycle(nowNs) == 0) {
          sleep();
        } else {
          workedSinceWake = true;
        }
      }
    } finally {
      shutDown();
    }
  }

  private int cycle(long nowNs) {
    int driverWork = driverInvoker.invoke() + clientInvoker.invoke();
    int work = guarded(() -> serving.work(nowNs));
    for (int i = 0; i < links.size(); i++) {
      ReceivingLink link = links.get(i);
      work += guarded(() -> link.work(nowNs));
    }
    work += runCommands() + runTasks() + runTimers(nowNs);
    if (nowNs - secondNs > SECOND_NS) {
      everySecond(nowNs);
    }
    return driverWork + work;
  }

  /** The one place where exceptions of sources, handlers and tasks end. */
  private int guarded(IntSupplier step) {
    try {
      return step.getAsInt();
    } catch (RuntimeException e) {
      context.metrics().callbackErrors.inc();
      LOG.error("callback failed", e);
      return 1;
    }
  }

  private int guarded(Runnable task) {
    return guarded(
        () -> {
          task.run();
          return 1;
        });
  }

  private int runCommands() {
    int done = 0;
    Runnable command = commands.poll();
    while (command != null) {
      done += guarded(command);
      command = commands.poll();
    }
    return done;
  }

  private int runTasks() {
    int done = 0;
    while (done < TASKS_A_CYCLE) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      done += guarded(task);
    }
    return done;
  }

  private int runTimers(long nowNs) {
    for (int i = 0; i < timers.size(); i++) {
      Timer timer = timers.get(i);
      if (nowNs - timer.dueNs >= 0) {
        timer.dueNs = Math.max(timer.dueNs + timer.periodNs, nowNs);
        guarded(timer.task);
      }
    }
    return 0;
  }

  private boolean hasWork() {
    return !running || !tasks.isEmpty() || !commands.isEmpty();
  }

  /**
   * Sleeps until a datagram or a task comes or a timer is due, but first a short while where there
   * was work a moment ago: more may come, Aeron may want something sent again, and a batch costs
   * one waking.
   */
  private void sleep() {
    long startNs = System.nanoTime();
    long sinceWakeNs = startNs - lastWakeNs;
    if (workedSinceWake && sinceWakeNs < coalesceNs) {
      LockSupport.parkNanos(coalesceNs - sinceWakeNs);
    } else {
      waiter.await(Math.clamp(untilTimerMs(startNs), 1, idleWaitMs), this::hasWork);
    }
    workedSinceWake = false;
    lastWakeNs = System.nanoTime();
    sleptNs += lastWakeNs - startNs;
  }

  private long untilTimerMs(long nowNs) {
    long least = SECOND_NS;
    for (int i = 0; i < timers.size(); i++) {
      least = Math.min(least, timers.get(i).dueNs - nowNs);
    }
    return TimeUnit.NANOSECONDS.toMillis(least);
  }

  private void forgiveStall(long nowNs) {
    long cycleNs = nowNs - lastCycleNs;
    lastCycleNs = nowNs;
    if (cycleNs > STALL_NS) {
      context.metrics().stalls.inc();
      if (cycleNs > SECOND_NS) {
        LOG.warn("agent stood still for {} ms", TimeUnit.NANOSECONDS.toMillis(cycleNs));
      }
      serving.forgive(cycleNs);
      links.forEach(link -> link.forgive(cycleNs));
    }
  }

  private void everySecond(long nowNs) {
    FabricMetrics metrics = context.metrics();
    metrics.agentBusy.set(Math.clamp(1.0 - (double) sleptNs / (nowNs - secondNs), 0.0, 1.0));
    metrics.queuedBytes.set((double) serving.waitingBytes());
    secondNs = nowNs;
    sleptNs = 0;
    var counters = driver.context().systemCounters();
    long naksNow = counters.get(SystemCounterDescriptor.NAK_MESSAGES_SENT).get();
    long retransmitsNow = counters.get(SystemCounterDescriptor.RETRANSMITS_SENT).get();
    metrics.nakMessages.inc(naksNow - naks);
    metrics.retransmits.inc(retransmitsNow - retransmits);
    naks = naksNow;
    retransmits = retransmitsNow;
  }

  /** Says goodbye, lets it go out, and ends Aeron. */
  private void shutDown() {
    guarded(() -> links.forEach(ReceivingLink::closeWithFabric));
    guarded(serving::close);
    long untilNs = System.nanoTime() + FAREWELL_NS;
    while (System.nanoTime() - untilNs < 0) {
      if (driverInvoker.invoke() + clientInvoker.invoke() == 0) {
        LockSupport.parkNanos(SECOND_NS / 1_000);
      }
    }
    guarded(context.aeron()::close);
    guarded(driver::close);
    waiter.release();
    waiter.close();
    lock.close();
  }
}
