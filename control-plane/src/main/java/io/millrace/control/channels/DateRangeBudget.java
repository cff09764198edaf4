package io.millrace.control.channels;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.millrace.control.link.ListedRanges;
import io.millrace.control.link.MarkedRange;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts the date ranges of every channel's broadcast, so that who asks for too many is told. What
 * was asked for before this process began is not known here; the ingest counts too. Any thread.
 */
final class DateRangeBudget {
  private record Counted(@Nullable UUID broadcast, ListedRanges ranges) {}

  @GuardedBy("this")
  private final Map<UUID, Counted> channels = new HashMap<>();

  /** Takes one more; false where there are as many as there may be at once. */
  synchronized boolean add(
      MarkedRange range, @Nullable UUID broadcast, Duration window, long nowUtcNs) {
    Counted counted = channels.get(range.channel());
    if (counted == null || (broadcast != null && !broadcast.equals(counted.broadcast()))) {
      counted = new Counted(broadcast, new ListedRanges());
      channels.put(range.channel(), counted);
    }
    return counted.ranges().add(range, window, nowUtcNs);
  }

  synchronized void forget(UUID channel) {
    channels.remove(channel);
  }
}
