package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.internal.EventReader;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What happens to channels, to be read event by event. It has no thread: whoever asks for the next
 * event waits for it, and connects again where the connection broke, which it tells by a {@link
 * ChannelEvent.Disconnected}. Between attempts it waits, longer each time, at most 30 s. A
 * connection on which nothing comes for 30 s counts as broken.
 *
 * <p>One thread at a time reads; any may close. What is not read waits in the control plane, where
 * changes of the same channel become one, so that a slow reader misses no last state.
 *
 * <p>Where trying again would not help, such as with a wrong token, asking for the next event
 * throws, and there are no more events.
 */
public final class ChannelEvents implements AutoCloseable, Iterable<ChannelEvent> {
  private final EventReader reader;

  ChannelEvents(EventReader reader) {
    this.reader = reader;
  }

  /**
   * Waits for the next event.
   *
   * @param timeout how long at most; completing a snapshot of more than 500 channels may take
   *     longer
   * @return the event; empty if none came in time, or there will be none: see {@link #isEnded}
   * @throws CallInterruptedException if the thread is interrupted; reading may go on later
   * @throws ProblemException if the API refuses: {@link ProblemException.Unauthorized}, or {@link
   *     ProblemException.NotFound} for a single channel that is not there
   * @throws MalformedAnswerException if what answers refuses and is not the API
   */
  public Optional<ChannelEvent> next(Duration timeout) {
    return reader.next(requireNonNull(timeout, "timeout"));
  }

  /** {@return whether there will be no more events: closed, or the only channel was removed} */
  public boolean isEnded() {
    return reader.isEnded();
  }

  /**
   * The events one by one, for a loop: each step waits for the next event, however long it takes,
   * and throws as {@link #next} does. The loop ends when this is closed, or when the only channel
   * that is watched was removed.
   *
   * @return an iterator, which shares the events with any other
   */
  @Override
  public Iterator<ChannelEvent> iterator() {
    return new Iterator<>() {
      private Optional<ChannelEvent> ahead = Optional.empty();

      @Override
      public boolean hasNext() {
        if (ahead.isEmpty()) {
          ahead = reader.next();
        }
        return ahead.isPresent();
      }

      @Override
      public ChannelEvent next() {
        if (!hasNext()) {
          throw new NoSuchElementException("There are no more events");
        }
        ChannelEvent event = ahead.orElseThrow();
        ahead = Optional.empty();
        return event;
      }
    };
  }

  /** Ends the connection; who waits for an event gets none. Closing again does nothing. */
  @Override
  public void close() {
    reader.close();
  }
}
