package io.millrace.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentValueTest {
  private final FullFabric fabric = new FullFabric();
  private final List<String> taken = new ArrayList<>();
  private final AgentValue<String> value = new AgentValue<>(fabric, taken::add);

  @Test
  void isTakenAtOnceWhereTheQueueHasRoom() {
    value.set("one");
    assertThat(taken).isEmpty();
    fabric.runTasks();
    fabric.runTimer();

    assertThat(taken).containsExactly("one");
  }

  @Test
  void isTakenByTheTimerWhereTheQueueIsFull() {
    fabric.full = true;
    value.set("one");
    value.set("two");
    assertThat(taken).isEmpty();
    fabric.runTimer();
    fabric.runTimer();

    assertThat(taken).containsExactly("two");
  }

  /** An agent thread that runs when it is told to. */
  private static final class FullFabric implements Fabric {
    private final List<Runnable> tasks = new ArrayList<>();
    private Runnable timer = () -> {};
    private boolean full;

    @Override
    public boolean execute(Runnable task) {
      return !full && tasks.add(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
      timer = task;
    }

    private void runTasks() {
      tasks.forEach(Runnable::run);
      tasks.clear();
    }

    private void runTimer() {
      timer.run();
    }

    @Override
    public boolean inAgent() {
      return false;
    }

    @Override
    public void serve(FeedSource source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int port() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
