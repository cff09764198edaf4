package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.Track;
import java.util.List;

/**
 * What a rendition's segments are made with, from one on until another configuration holds.
 *
 * @param init its number is that of the first of them
 * @param descriptions of the track, oldest first: the one that came with the init section, and
 *     those that told more since; at least one
 */
public record ConfigurationView(InitSection init, List<Description> descriptions) {

  /**
   * What was told of a track.
   *
   * @param fromMsn no segment from it on had begun when this came
   */
  public record Description(Track track, long fromMsn) {}

  public ConfigurationView {
    descriptions = List.copyOf(descriptions);
  }

  /** As it was described last. */
  public Track track() {
    return descriptions.getLast().track();
  }

  /** As it was described before a segment began. */
  public Track trackAt(long msn) {
    int newest = descriptions.size() - 1;
    while (newest > 0 && descriptions.get(newest).fromMsn() > msn) {
      newest--;
    }
    return descriptions.get(newest).track();
  }
}
