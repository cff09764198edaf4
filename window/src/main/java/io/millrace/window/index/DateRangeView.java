package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.DateRange;

/**
 * A date range, and when it came.
 *
 * @param addedMsn the newest open segment when it was announced
 * @param addedUtcNs when the first part behind it arrived, with which playlists are sent that have
 *     it; 0 until one has
 */
public record DateRangeView(DateRange range, long addedMsn, long addedUtcNs) {
  /** How long it has been in playlists when the newest part arrived at an instant; from 0 on. */
  public long ageNs(long newestUtcNs) {
    return addedUtcNs == 0 ? 0 : Math.max(0, newestUtcNs - addedUtcNs);
  }

  /** The same with when it was added, unless that is known. */
  DateRangeView addedBy(long utcNs) {
    return addedUtcNs == 0 ? new DateRangeView(range, addedMsn, utcNs) : this;
  }

  /** Whether its end is known and lies before an instant. */
  boolean endsBefore(long utcNs) {
    return range.endsBefore(utcNs);
  }
}
