package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.DateRange;

/**
 * A date range, and when it came.
 *
 * @param addedMsn the newest open segment when it was announced
 */
public record DateRangeView(DateRange range, long addedMsn) {
  /** Whether its end is known and lies before an instant. */
  boolean endsBefore(long utcNs) {
    return range.endsBefore(utcNs);
  }
}
