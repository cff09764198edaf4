package io.millrace.packager.host;

import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first entries of a snapshot of an input log, until it is known whether they continue
 * what was packaged, or what a checkpoint stands for, or nothing. Confined to the agent.
 */
final class InputStart {
  private final List<InputEntry> held = new ArrayList<>();
  private @Nullable Checkpoint checkpoint;
  private boolean decided;

  void checkpoint(Checkpoint found) {
    checkpoint = found;
  }

  boolean isDecided() {
    return decided;
  }

  /** It is known how it goes on: what is held is taken, and all that follows as it comes. */
  void decide() {
    decided = true;
  }

  /**
   * Holds the next entry.
   *
   * @param known the last entry of the log that was packaged; 0: none
   * @return whether it is known now how it goes on
   */
  boolean hold(InputEntry entry, long known) {
    boolean isHole = !held.isEmpty() && entry.number() != held.getLast().number() + 1;
    held.add(entry);
    if (known > 0 && entry.number() == known + 1) {
      return true;
    }
    if (checkpoint != null && checkpoint.number() > known) {
      return entry.number() > checkpoint.number();
    }
    return known > 0 || isHole || entry.record() instanceof InputRecord.SampleArrived;
  }

  List<InputEntry> held() {
    return held;
  }

  /** Of the log; empty where it is empty. */
  Optional<Fence> fence() {
    return held.isEmpty()
        ? Optional.ofNullable(checkpoint).map(Checkpoint::fence)
        : Optional.of(held.getFirst().fence());
  }

  /** What stands for entries after {@code known}. */
  Optional<Checkpoint> checkpointAfter(long known) {
    return Optional.ofNullable(checkpoint)
        .filter(found -> found.number() > known)
        .filter(found -> fence().equals(Optional.of(found.fence())));
  }

  /** Whether nothing is missing between entry {@code number} and what is held after it. */
  boolean continuesAfter(long number) {
    return held.stream()
        .filter(entry -> entry.number() > number)
        .findFirst()
        .map(entry -> entry.number() == number + 1)
        .orElse(true);
  }

  /** Whether entries are missing between those that are held. */
  boolean hasHole() {
    return !held.isEmpty() && held.getLast().number() - held.getFirst().number() + 1 != held.size();
  }

  /** Of the broadcast that is opened in it. */
  Optional<TimelineId> timeline() {
    return held.stream()
        .map(InputEntry::record)
        .filter(InputRecord.BroadcastOpened.class::isInstance)
        .map(opened -> ((InputRecord.BroadcastOpened) opened).timeline())
        .reduce((first, second) -> second);
  }

  /** When its broadcast was opened, UTC; 0 where that is not held. */
  long openedUtcNs() {
    for (InputEntry entry : held) {
      if (entry.record() instanceof InputRecord.BroadcastOpened opened) {
        return opened.utcNs();
      }
    }
    return 0;
  }
}
