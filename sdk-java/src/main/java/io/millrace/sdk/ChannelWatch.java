package io.millrace.sdk;

import io.millrace.sdk.internal.EventReader;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listener that is called with what happens to channels. It has a thread of the client's until it
 * ends: by {@link #close}, by closing the client, by the removal of the only channel that is
 * watched, or by an error.
 */
public final class ChannelWatch implements AutoCloseable {
  private final EventReader reader;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  ChannelWatch(EventReader reader) {
    this.reader = reader;
  }

  /** Calls the listener until there is no more event; blocks. */
  void run(Consumer<? super ChannelEvent> listener) {
    try (reader) {
      for (var event = reader.next(); event.isPresent(); event = reader.next()) {
        listener.accept(event.get());
      }
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  /**
   * Tells when the listener will not be called any more.
   *
   * @return a future that fails where trying again would not help, with what {@link
   *     ChannelEvents#next} throws, or with what the listener threw; cancelling it does nothing
   */
  public CompletableFuture<@Nullable Void> ended() {
    return ended.copy();
  }

  /**
   * Ends the connection. Does not wait: a call of the listener that has begun goes on, and after it
   * there is no other. Closing again does nothing.
   */
  @Override
  public void close() {
    reader.close();
  }
}
