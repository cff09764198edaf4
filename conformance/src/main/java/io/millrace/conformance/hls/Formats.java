package io.millrace.conformance.hls;

import io.millrace.conformance.mp4.InitSection.Track;
import java.util.List;
import java.util.stream.Stream;

/**
 * The formats of the segments that one version of a media playlist lists, by their init sections.
 *
 * @param all each once, in order
 * @param atNs when the version came, by the fetcher's clock
 * @param targetDurationNs of the playlist
 * @param ended whether no segment goes any more
 */
record Formats(List<Listed> all, long atNs, long targetDurationNs, boolean ended) {
  static final Formats NONE = new Formats(List.of(), 0, 0, false);

  /**
   * One of them.
   *
   * @param sinceNs when it was met first
   * @param endNs where its last segment ends, from the playlist's beginning
   */
  record Listed(Track track, long sinceNs, long endNs) {}

  Formats {
    all = List.copyOf(all);
  }

  /**
   * Those that were listed before a time and are so still at a later one, whatever was removed
   * meanwhile.
   */
  Stream<Track> listed(long beforeNs, long laterNs) {
    // A playlist goes on by as much as time does, and by a segment at once.
    long goneNs = ended ? -1 : laterNs - atNs + targetDurationNs;
    return all.stream()
        .filter(each -> each.sinceNs() <= beforeNs && each.endNs() > goneNs)
        .map(Listed::track);
  }
}
