package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.mp4.Chunk;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.List;

/**
 * Adds up EXTINF along a rendition, and holds the sum against the media's timestamps. Confined to
 * the rendition's follower.
 */
final class DurationSum {
  /** What rounding to five decimals may add, of each EXTINF. */
  private static final long ROUNDING_NS = 10_000;

  private final Findings findings;
  private long nextMsn = -1;
  private long beginTicks;
  private long sumNs;
  private long roundingNs;

  DurationSum(Findings findings) {
    this.findings = findings;
  }

  /** Takes the next segment; where it does not go on from the one before, the sum begins anew. */
  void add(Segment segment, List<Chunk> chunks, Track track, long frameNs, String where) {
    if (segment.msn() != nextMsn || segment.discontinuity()) {
      beginTicks = chunks.getFirst().decodeTime();
      sumNs = 0;
      roundingNs = 0;
    }
    nextMsn = segment.parts().stream().anyMatch(Part::gap) ? -1 : segment.msn() + 1;
    sumNs += segment.durationNs();
    roundingNs += ROUNDING_NS;
    long mediaNs =
        RenditionMedia.ns(chunks.getLast().endDecodeTime() - beginTicks, track.timescale());
    if (nextMsn >= 0) {
      findings.check(
          Rule.HLS_EXTINF_SUM,
          Math.abs(mediaNs - sumNs) <= frameNs + roundingNs,
          where,
          "EXTINF of %.5f s in all, media of %.5f s"
              .formatted((double) sumNs / 1e9, (double) mediaNs / 1e9),
          "the same to within a frame");
    }
  }
}
