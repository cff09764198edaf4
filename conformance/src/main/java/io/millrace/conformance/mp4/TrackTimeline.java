package io.millrace.conformance.mp4;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.List;

/**
 * Judges how the chunks of a track follow each other. Confined to whoever follows the track; chunks
 * are told in order, each once.
 */
public final class TrackTimeline {
  private final Findings findings;

  private long nextDecodeTime = Long.MIN_VALUE;
  private long lastSequenceNumber = -1;
  private long lastPresentation = Long.MIN_VALUE;
  private long openPresentation = Long.MIN_VALUE;

  public TrackTimeline(Findings findings) {
    this.findings = findings;
  }

  /** Forgets what was before: what follows is not told to go on from it. */
  public void restart() {
    nextDecodeTime = Long.MIN_VALUE;
    lastPresentation = Long.MIN_VALUE;
    openPresentation = Long.MIN_VALUE;
    lastSequenceNumber = -1;
  }

  /** Takes the chunks of one part or segment; {@code startsSegment}: they begin a segment. */
  public void add(List<Chunk> chunks, Track track, boolean startsSegment, String where) {
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      String at = "%s chunk %d".formatted(where, i);
      boolean first = startsSegment && i == 0;
      if (first) {
        checkStart(chunk, track, at);
      }
      if (nextDecodeTime != Long.MIN_VALUE) {
        findings.check(
            Rule.CMAF_DECODE_TIMES,
            chunk.decodeTime() == nextDecodeTime,
            at + " tfdt",
            chunk.decodeTime(),
            "%d, where the chunk before ends".formatted(nextDecodeTime));
      }
      if (lastSequenceNumber >= 0) {
        findings.check(
            Rule.CMAF_SEQUENCE_NUMBERS,
            chunk.sequenceNumber() > lastSequenceNumber,
            at + " mfhd",
            chunk.sequenceNumber(),
            "more than %d, that of the chunk before".formatted(lastSequenceNumber));
      }
      nextDecodeTime = chunk.endDecodeTime();
      lastSequenceNumber = chunk.sequenceNumber();
      openPresentation = Math.max(openPresentation, chunk.latestPresentation());
    }
  }

  private void checkStart(Chunk chunk, Track track, String at) {
    if (track.isVideo()) {
      // Of every segment, whatever the playlist claims: HLS allows one that is cut within a group
      // of pictures, CMAF does not, for there it is whole fragments.
      findings.check(
          Rule.CMAF_SEGMENT_STARTS_SYNC,
          !chunk.samples().getFirst().nonSync(),
          at,
          "a first sample that is not sync",
          "a sync sample: a segment is whole fragments, each of which begins with one");
    }
    lastPresentation = Math.max(lastPresentation, openPresentation);
    if (lastPresentation != Long.MIN_VALUE) {
      // Less than half a sample is what rounding of times does.
      long rounding = chunk.samples().getFirst().duration() / 2;
      findings.check(
          Rule.CMAF_PRESENTATION_OVERLAP,
          chunk.earliestPresentation() >= lastPresentation - rounding,
          at,
          "presentation from %d on".formatted(chunk.earliestPresentation()),
          "%d or later, where the segment before ends".formatted(lastPresentation));
    }
  }
}
