package io.millrace.fabric;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the newest value of something to the agent thread: soon, or where the agent's queue is
 * full a moment later. Values in between may be left out; the newest never is.
 */
public final class AgentValue<T> {
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private final Fabric fabric;
  private final Consumer<T> taker;
  private volatile @Nullable T newest;

  // Confined to the agent thread.
  private @Nullable T taken;

  /** The taker runs on the agent thread, once for each value that is new to it. */
  public AgentValue(Fabric fabric, Consumer<T> taker) {
    this.fabric = fabric;
    this.taker = taker;
    fabric.every(TRY_AGAIN, this::take);
  }

  /** Any thread. */
  public void set(T value) {
    newest = value;
    if (fabric.inAgent()) {
      take();
      return;
    }
    var _ = fabric.execute(this::take); // where it is refused, the timer takes it
  }

  private void take() {
    T value = newest;
    if (value != null && !value.equals(taken)) {
      taker.accept(value);
      taken = value;
    }
  }
}
