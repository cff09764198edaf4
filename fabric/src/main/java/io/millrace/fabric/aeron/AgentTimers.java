package io.millrace.fabric.aeron;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Holds tasks that come back. Confined to the agent thread; time comes in as an argument. */
final class AgentTimers {
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

  private final List<Timer> timers = new ArrayList<>();

  void add(Duration period, Runnable task, long nowNs) {
    timers.add(new Timer(period.toNanos(), task, nowNs));
  }

  /** Hands what is due to {@code runner}, each task once however late it is. */
  void run(Consumer<Runnable> runner, long nowNs) {
    for (int i = 0; i < timers.size(); i++) {
      Timer timer = timers.get(i);
      if (nowNs - timer.dueNs >= 0) {
        timer.dueNs = Math.max(timer.dueNs + timer.periodNs, nowNs);
        runner.accept(timer.task);
      }
    }
  }

  /** How long until one is due, {@code mostNs} at most; below 0 where one is late. */
  long untilDueNs(long mostNs, long nowNs) {
    long least = mostNs;
    for (int i = 0; i < timers.size(); i++) {
      least = Math.min(least, timers.get(i).dueNs - nowNs);
    }
    return least;
  }
}
