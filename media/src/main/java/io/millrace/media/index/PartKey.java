package io.millrace.media.index;

import io.millrace.media.channel.TimelineId;
import java.util.Objects;

/**
 * Names one part for ever.
 *
 * @param rendition the track's id
 * @param msn the media sequence number of the part's segment
 * @param part counts from 0 within the segment
 */
public record PartKey(TimelineId timeline, int rendition, long msn, int part) {
  public PartKey {
    Objects.requireNonNull(timeline, "timeline");
    if (rendition < 1 || msn < 0 || part < 0) {
      throw new IllegalArgumentException(
          "rendition %d, msn %d, part %d (expected: from 1, 0 and 0)"
              .formatted(rendition, msn, part));
    }
  }
}
