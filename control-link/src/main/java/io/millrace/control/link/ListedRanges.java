package io.millrace.control.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the date ranges of one broadcast that its playlists may list, so that there are never more
 * than windows keep. Confined to its caller's thread.
 */
public final class ListedRanges {
  private final List<Long> untilUtcNs = new ArrayList<>();

  /** Takes one more; false where there are {@link MarkedRange#MOST_AT_ONCE}. */
  public boolean add(MarkedRange range, Duration window, long nowUtcNs) {
    untilUtcNs.removeIf(until -> until < nowUtcNs);
    return untilUtcNs.size() < MarkedRange.MOST_AT_ONCE
        && untilUtcNs.add(range.listedUntilUtcNs(window));
  }
}
