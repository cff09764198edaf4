package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.mp4.Chunk;
import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSection.Track;
import io.millrace.conformance.mp4.SegmentReader;
import io.millrace.conformance.mp4.TrackTimeline;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Judges the media of a rendition against its playlist: what parts and segments hold, and that they
 * are the same (RFC 8216bis 3.2). Confined to the rendition's follower.
 */
final class RenditionMedia {
  private static final long SECOND_NS = 1_000_000_000L;

  /** The newest are compared with those of other renditions: hours of them. */
  private static final int MAX_STARTS = 5_000;

  /** Durations in playlists have five decimals, at least three. */
  private static final long ROUNDING_NS = 1_000_000;

  /** What was found where a segment starts. */
  record Start(long discontinuitySequence, long utcNs, long presentationNs) {}

  private final Findings findings;
  private final SharedBytes shared;
  private final TrackTimeline timeline;
  private final DurationSum sum;
  private final Map<Long, TreeMap<Integer, byte[]>> parts = new HashMap<>();
  private final TreeMap<Long, Start> starts = new TreeMap<>();
  private final PeakRate peak = new PeakRate();

  private long frameNs;
  private long nextMsn = -1;
  private int nextPart = -1;
  private long nextSegment = -1;

  RenditionMedia(Findings findings, SharedBytes shared) {
    this.findings = findings;
    this.shared = shared;
    this.timeline = new TrackTimeline(findings);
    this.sum = new DurationSum(findings);
  }

  /** The longest sample that was met, ns. */
  long frameNs() {
    return frameNs;
  }

  /** Where the newest segments start, by number. */
  Map<Long, Start> starts() {
    return starts;
  }

  /** Takes a part's bytes, in order of the playlist. */
  void part(Segment segment, int index, Part part, byte[] bytes, InitSection init, String where) {
    parts.computeIfAbsent(segment.msn(), _ -> new TreeMap<>()).put(index, bytes);
    boolean next =
        (segment.msn() == nextMsn && index == nextPart)
            || (segment.msn() == nextMsn + 1 && index == 0);
    if (!next || (index == 0 && segment.discontinuity())) {
      timeline.restart();
    }
    nextMsn = segment.msn();
    nextPart = index + 1;
    List<Chunk> chunks = SegmentReader.read(bytes, init, where, findings);
    Optional<Track> of = trackOf(chunks, init);
    if (of.isEmpty()) {
      return;
    }
    timeline.add(chunks, of.get(), index == 0, where);
    if (index == 0) {
      start(segment, chunks, of.get());
    }
    checkDuration(Rule.HLS_PART_MEDIA, part.durationNs(), chunks, of.get(), where);
    boolean independent =
        chunks.stream().flatMap(c -> c.samples().stream()).anyMatch(sample -> !sample.nonSync());
    if (part.independent()) {
      findings.check(
          Rule.HLS_INDEPENDENT_TRUE,
          independent,
          where,
          "INDEPENDENT=YES without a sync sample",
          "an independent frame in it");
    }
    if (independent) {
      findings.check(
          Rule.HLS_INDEPENDENT,
          part.independent(),
          where,
          "a sync sample without INDEPENDENT=YES",
          "INDEPENDENT=YES");
    }
  }

  /** Takes a part that is not there: what follows does not go on from what was before. */
  void gap() {
    nextMsn = -1;
    nextPart = -1;
    timeline.restart();
  }

  /** Takes a segment's bytes. */
  void segment(
      MediaPlaylist playlist, Segment segment, byte[] bytes, InitSection init, String where) {
    boolean byParts = !segment.parts().isEmpty();
    if (byParts) {
      compareWithParts(segment, bytes, where);
    }
    // Of a segment whose parts were read, each chunk has been judged already.
    List<Chunk> chunks =
        SegmentReader.read(bytes, init, where, byParts ? new Findings() : findings);
    Optional<Track> of = trackOf(chunks, init);
    if (of.isEmpty()) {
      return;
    }
    if (!byParts) {
      if (segment.msn() != nextSegment || segment.discontinuity()) {
        timeline.restart();
      }
      timeline.add(chunks, of.get(), /* startsSegment= */ true, where);
    }
    nextSegment = segment.msn() + 1;
    // With gaps, a segment's media is shorter than it is, and may begin later.
    if (segment.parts().stream().noneMatch(Part::gap)) {
      start(segment, chunks, of.get());
      checkDuration(Rule.HLS_EXTINF_MEDIA, segment.durationNs(), chunks, of.get(), where);
    }
    sum.add(segment, chunks, of.get(), frameNs, where);
    if (playlist.independentSegments() && of.get().isVideo()) {
      findings.check(
          Rule.HLS_INDEPENDENT_SEGMENTS,
          !chunks.getFirst().samples().getFirst().nonSync(),
          where,
          "a segment that does not begin with a sync sample",
          "independent segments, for EXT-X-INDEPENDENT-SEGMENTS");
    }
    peak.add(segment.msn(), bytes.length, segment.durationNs(), playlist.targetDurationNs());
    shared.add(
        SharedBytes.Format.HLS,
        "%s %dx%d %d"
            .formatted(
                of.get().codecs(),
                of.get().width(),
                of.get().height(),
                chunks.getFirst().decodeTime()),
        bytes,
        where);
    parts.keySet().removeIf(msn -> msn <= segment.msn());
  }

  private void compareWithParts(Segment segment, byte[] bytes, String where) {
    TreeMap<Integer, byte[]> had = parts.getOrDefault(segment.msn(), new TreeMap<>());
    boolean gaps = segment.parts().stream().anyMatch(Part::gap);
    if (gaps || had.size() != segment.parts().size()) {
      return;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length);
    had.values().forEach(all::writeBytes);
    findings.check(
        Rule.HLS_SEGMENT_PARTS,
        Arrays.equals(all.toByteArray(), bytes),
        where,
        "%d bytes, its parts %d, or others".formatted(bytes.length, all.size()),
        "what its parts hold, one behind the other");
  }

  private static Optional<Track> trackOf(List<Chunk> chunks, InitSection init) {
    return chunks.isEmpty() ? Optional.empty() : init.track(chunks.getFirst().trackId());
  }

  private void start(Segment segment, List<Chunk> chunks, Track of) {
    long presentation = chunks.stream().mapToLong(Chunk::earliestPresentation).min().orElseThrow();
    starts.putIfAbsent(
        segment.msn(),
        new Start(
            segment.discontinuitySequence(), segment.utcNs(), ns(presentation, of.timescale())));
    if (starts.size() > MAX_STARTS) {
      starts.pollFirstEntry();
    }
  }

  private void checkDuration(
      Rule rule, long declaredNs, List<Chunk> chunks, Track of, String where) {
    long longest = 0;
    long ticks = 0;
    for (Chunk chunk : chunks) {
      ticks += chunk.duration();
      longest =
          Math.max(
              longest, chunk.samples().stream().mapToLong(Chunk.Sample::duration).max().orElse(0));
    }
    long longestNs = ns(longest, of.timescale());
    frameNs = Math.max(frameNs, Math.min(longestNs, SECOND_NS));
    long mediaNs = ns(ticks, of.timescale());
    findings.check(
        rule,
        Math.abs(mediaNs - declaredNs) <= longestNs + ROUNDING_NS,
        where,
        "%.5f s of media, %.5f s declared"
            .formatted((double) mediaNs / 1e9, (double) declaredNs / 1e9),
        "the same to within a frame");
  }

  static long ns(long ticks, long timescale) {
    return ticks / timescale * SECOND_NS + ticks % timescale * SECOND_NS / timescale;
  }

  /** The largest bit rate of its segments; 0 where none is known. */
  long peakBps() {
    return peak.bps();
  }
}
