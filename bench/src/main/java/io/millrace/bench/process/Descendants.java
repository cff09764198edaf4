package io.millrace.bench.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The processes that this one has started, and theirs. */
public final class Descendants {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  private Descendants() {}

  /**
   * Ends them all, those too that are started meanwhile: tells its own, which end theirs, and kills
   * what is left after a while.
   */
  public static void end() {
    long deadlineNs = System.nanoTime() + STOP_WITHIN.toNanos();
    Set<ProcessHandle> seen = new HashSet<>();
    List<ProcessHandle> children = children();
    while (!children.isEmpty() && System.nanoTime() < deadlineNs) {
      ProcessHandle.current().descendants().forEach(seen::add);
      children.forEach(ProcessHandle::destroy);
      awaitEnd(children, deadlineNs - System.nanoTime());
      children = children();
    }
    seen.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  private static void awaitEnd(List<ProcessHandle> processes, long limitNs) {
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(limitNs, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Who has not ended by then is killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
