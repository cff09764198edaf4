package io.millrace.fabric.aeron;

import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs everything that a process's links do on one thread: driver, client, links, timers and tasks;
 * and sleeps when there is nothing to do. Other threads hand it tasks through one bounded queue.
 */
final class FabricAgent implements ReceivingLink.Owner {
  private static final Logger log = LoggerFactory.getLogger(FabricAgent.class);
  private static final long STALL_NS = 250_000_000;
  private static final long SECOND_NS = 1_000_000_000;
  private static final long FAREWELL_NS = 20_000_000;
  private static final int TASKS_A_CYCLE = 64;

  /** How long it rests at most where work comes without a pause. */
  private static final long LONGEST_REST_NS = 1_000_000;

  private final FabricMetrics metrics;
  private final EmbeddedAeron aeron;
  private final AgentWaiter waiter;
  private final ServingEnd serving;
  private final int mostTasks;
  private final long coalesceNs;
  private final long idleWaitMs;
  private final ManyToOneConcurrentArrayQueue<Runnable> tasks;
  private final Thread thread;
  private volatile boolean running = true;

  // Confined to the agent thread.
  private final List<ReceivingLink> links = new ArrayList<>();
  private final AgentTimers timers = new AgentTimers();
  private long lastCycleNs;
  private boolean workedSinceWake;
  private long lastWakeNs;
  private long restNs;
  private long sleptNs;
  private long secondNs;

  /**
   * Holds all that it takes to run, but does not {@link #start} yet.
   *
   * @param afterwards runs as the last thing that the thread does
   */
  FabricAgent(
      FabricConfig config,
      FabricMetrics metrics,
      EmbeddedAeron aeron,
      AgentWaiter waiter,
      ServingEnd serving,
      Runnable afterwards) {
    this.metrics = metrics;
    this.aeron = aeron;
    this.waiter = waiter;
    this.serving = serving;
    this.mostTasks = config.limits().mostTasks();
    this.coalesceNs = config.times().coalesce().toNanos();
    this.restNs = coalesceNs;
    this.idleWaitMs = config.times().idleWait().toMillis();
    this.tasks = new ManyToOneConcurrentArrayQueue<>(mostTasks);
    this.thread =
        Thread.ofPlatform()
            .name("fabric")
            .daemon()
            .unstarted(
                () -> {
                  run();
                  afterwards.run();
                });
  }

  void start() {
    thread.start();
  }

  @Override
  public boolean inAgent() {
    return Thread.currentThread().equals(thread);
  }

  /** False from when it was told to {@link #stop}. Any thread. */
  boolean isRunning() {
    return running;
  }

  /** Runs a task soon. Any thread; false where the queue is full or the agent stops. */
  boolean execute(Runnable task) {
    if (!running) {
      return false;
    }
    if (!tasks.offer(task)) {
      metrics.tasksRefused.inc();
      return false;
    }
    waiter.wake();
    return true;
  }

  /** Runs a task now in the agent, else soon; throws where {@link #execute} is false. */
  @Override
  public void run(Runnable task) {
    if (inAgent()) {
      task.run();
    } else if (!execute(task)) {
      throw new FabricException(
          Scope.MESSAGE,
          running
              ? "fabric.most-tasks: %d wait already".formatted(mostTasks)
              : "the fabric is closed");
    }
  }

  @Override
  public void wake() {
    waiter.wake();
  }

  void every(Duration period, Runnable task) {
    run(() -> timers.add(period, task, System.nanoTime()));
  }

  /** Works for a link from now on. Agent thread. */
  void add(ReceivingLink link) {
    links.add(link);
  }

  @Override
  public void remove(ReceivingLink link) {
    links.remove(link);
  }

  /** Ends the thread, and waits for that but where the caller is the thread. */
  void stop() {
    running = false;
    waiter.wake();
    if (inAgent()) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    aeron.start();
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
    int work = aeron.invoke();
    work += guarded(() -> serving.work(nowNs));
    for (int i = 0; i < links.size(); i++) {
      ReceivingLink link = links.get(i);
      work += guarded(() -> link.work(nowNs));
    }
    work += runTasks();
    timers.run(this::guarded, nowNs);
    if (nowNs - secondNs > SECOND_NS) {
      everySecond(nowNs);
    }
    return work;
  }

  /**
   * The one place where exceptions of sources, handlers and tasks end; errors too, since the thread
   * carries every other link and channel as well.
   */
  private int guarded(IntSupplier step) {
    try {
      return step.getAsInt();
    } catch (RuntimeException | Error e) {
      metrics.callbackErrors.inc();
      log.error("callback failed", e);
      return 1;
    }
  }

  private void guarded(Runnable task) {
    guarded(
        () -> {
          task.run();
          return 1;
        });
  }

  private int runTasks() {
    int done = 0;
    while (done < TASKS_A_CYCLE) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      guarded(task);
      done++;
    }
    return done;
  }

  private boolean hasWork() {
    if (!running || !tasks.isEmpty()) {
      return true;
    }
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).isDue()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sleeps until a datagram or a task comes or a timer is due, but first rests a short while where
   * there was work a moment ago: more may come, Aeron may want something sent again, and a batch
   * costs one waking.
   */
  private void sleep() {
    long startNs = System.nanoTime();
    long sinceWakeNs = startNs - lastWakeNs;
    boolean rest = workedSinceWake && sinceWakeNs < restNs;
    if (rest) {
      LockSupport.parkNanos(restNs - sinceWakeNs);
    } else {
      long untilTimerMs = TimeUnit.NANOSECONDS.toMillis(timers.untilDueNs(SECOND_NS, startNs));
      waiter.await(Math.clamp(untilTimerMs, 1, idleWaitMs), this::hasWork);
    }
    workedSinceWake = false;
    lastWakeNs = System.nanoTime();
    sleptNs += lastWakeNs - startNs;
    if (rest) {
      restNs = Math.max(coalesceNs, Math.min(2 * restNs, LONGEST_REST_NS));
    } else if (lastWakeNs - startNs > 2 * LONGEST_REST_NS) {
      restNs = coalesceNs; // what comes now and then does not wait for more
    }
  }

  private void forgiveStall(long nowNs) {
    long cycleNs = nowNs - lastCycleNs;
    lastCycleNs = nowNs;
    if (cycleNs > STALL_NS) {
      metrics.stalls.inc();
      if (cycleNs > SECOND_NS) {
        log.warn("agent stood still for {} ms", TimeUnit.NANOSECONDS.toMillis(cycleNs));
      }
      serving.forgive(cycleNs);
      links.forEach(link -> link.forgive(cycleNs));
    }
  }

  private void everySecond(long nowNs) {
    metrics.agentBusy.set(Math.clamp(1.0 - (double) sleptNs / (nowNs - secondNs), 0.0, 1.0));
    metrics.queuedBytes.set((double) serving.waitingBytes());
    secondNs = nowNs;
    sleptNs = 0;
    aeron.count();
  }

  /** Runs what was accepted, says goodbye, lets it go out, and ends Aeron. */
  private void shutDown() {
    while (runTasks() > 0) {
      // Nothing more is accepted.
    }
    guarded(() -> links.forEach(ReceivingLink::closeWithFabric));
    guarded(serving::close);
    long untilNs = System.nanoTime() + FAREWELL_NS;
    while (System.nanoTime() - untilNs < 0) {
      if (aeron.invoke() == 0) {
        LockSupport.parkNanos(SECOND_NS / 1_000);
      }
    }
    guarded(aeron::closeClient);
    guarded(aeron::closeDriver);
    waiter.release();
    waiter.close();
  }
}
