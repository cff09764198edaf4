package io.millrace.ingest;

import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A fabric without links. Its agent is whoever calls {@link #runTasks} and {@link #runPeriodic}, or
 * a thread of its own.
 */
public final class FakeFabric implements Fabric {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Runnable> periodic = new ArrayList<>();
  private final List<FeedSource> sources = new ArrayList<>();
  private final ScheduledExecutorService agent;
  private volatile boolean full;

  private FakeFabric(ScheduledExecutorService agent) {
    this.agent = agent;
  }

  /** The test itself is the agent. */
  public static FakeFabric byHand() {
    return new FakeFabric(null);
  }

  /** A thread is the agent until {@link #close}. */
  public static FakeFabric threaded() {
    return new FakeFabric(
        Executors.newSingleThreadScheduledExecutor(
            run -> Thread.ofPlatform().daemon().name("fake-agent").unstarted(run)));
  }

  /** The feed that was served last. */
  public FeedSource source() {
    return sources.getLast();
  }

  /** Refuses tasks, as a fabric does whose queue is full. */
  public void full(boolean isFull) {
    full = isFull;
  }

  /** Keeps the agent's thread from doing anything, its periodic tasks included, until closed. */
  public Held holdAgent() {
    CountDownLatch release = new CountDownLatch(1);
    agent.execute(
        () -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return release::countDown;
  }

  /** An agent that does nothing. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  public void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  public void runPeriodic() {
    periodic.forEach(Runnable::run);
  }

  @Override
  public void serve(FeedSource source) {
    sources.add(source);
  }

  @Override
  public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
    throw new UnsupportedOperationException("a fake fabric has no links");
  }

  @Override
  public boolean execute(Runnable task) {
    if (full) {
      return false;
    }
    if (agent != null) {
      agent.execute(task);
    } else {
      tasks.add(task);
    }
    return true;
  }

  @Override
  public void every(Duration period, Runnable task) {
    periodic.add(task);
    if (agent != null) {
      var _ =
          agent.scheduleAtFixedRate(
              task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public boolean inAgent() {
    return true;
  }

  @Override
  public int port() {
    return 0;
  }

  @Override
  public void close() {
    if (agent != null) {
      agent.shutdownNow();
    }
  }
}
