package io.millrace.conformance.hls;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Remembers when the date ranges were added that a rendition's playlist lists, so far as that is
 * seen. Confined to the rendition's follower.
 */
final class RangeAges {
  private static final long UNSEEN = Long.MIN_VALUE;

  /**
   * When one came.
   *
   * @param beforeNs when the playlist came last without it; {@link #UNSEEN} where it never did
   * @param beforeEndNs where the last whole segment ended then, on the wall clock
   * @param endNs where the playlist ended that had it first, with the open segment's parts
   */
  private record Added(long beforeNs, long beforeEndNs, long endNs) {}

  private final Map<String, Added> added = new HashMap<>();
  private long lastNs = UNSEEN;
  private long lastEndNs = MediaPlaylist.NO_TIME;

  static Set<String> ids(MediaPlaylist playlist) {
    return playlist.dateRanges().stream()
        .map(tag -> tag.attributes().get("ID"))
        .collect(Collectors.toSet());
  }

  /** Takes a whole version that came then. */
  void note(MediaPlaylist playlist, long atNs) {
    Set<String> listed = ids(playlist);
    added.keySet().retainAll(listed);
    listed.forEach(
        id -> added.computeIfAbsent(id, _ -> new Added(lastNs, lastEndNs, playlist.endUtcNs())));
    lastNs = atNs;
    lastEndNs = playlist.wholeEndUtcNs();
  }

  /** Those that were added within the skip boundary, whatever it is measured by. */
  Set<String> recent(MediaPlaylist now, long nowNs, long boundaryNs) {
    return matching(
        each ->
            each.beforeNs() != UNSEEN
                && nowNs - each.beforeNs() <= boundaryNs
                && isKnown(each.beforeEndNs(), now)
                && now.wholeEndUtcNs() - each.beforeEndNs() <= boundaryNs);
  }

  /** Those that were added longer ago than the skip boundary, whatever it is measured by. */
  Set<String> old(MediaPlaylist now, long boundaryNs) {
    return matching(
        each -> isKnown(each.endNs(), now) && now.wholeEndUtcNs() - each.endNs() > boundaryNs);
  }

  private static boolean isKnown(long endNs, MediaPlaylist now) {
    return endNs != MediaPlaylist.NO_TIME && now.wholeEndUtcNs() != MediaPlaylist.NO_TIME;
  }

  private interface Is {
    boolean met(Added added);
  }

  private Set<String> matching(Is is) {
    return added.entrySet().stream()
        .filter(entry -> is.met(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
