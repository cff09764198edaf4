package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.mp4.Chunk;
import io.millrace.conformance.mp4.InitSection.Track;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Judges when the chunks of a segment come, and when their producer says that it made them.
 * Confined to who follows the Representation.
 */
final class ChunkTimes {
  private static final long FIRST_BYTE_NS = 50_000_000;
  private static final long DRIFT_NS = 50_000_000;

  private final CheckOptions options;
  private final Fetcher fetcher;
  private final Findings findings;
  private long producerOffsetNs = Mpd.NO_TIME;

  ChunkTimes(CheckOptions options, Fetcher fetcher, Findings findings) {
    this.options = options;
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /** The prft that a segment begins with. */
  void producer(Representation representation, List<Chunk> chunks, Track track, URI uri) {
    Optional<Chunk.ProducerTime> prft = chunks.getFirst().prft();
    if (representation.inbandTimes()) {
      findings.check(
          Rule.DASH_PRFT,
          prft.isPresent(),
          uri.toString(),
          "no prft",
          "one, for ProducerReferenceTime@inband");
    }
    if (prft.isEmpty()) {
      return;
    }
    long offsetNs = prft.get().utcNs() - MpdReader.ns(prft.get().mediaTime(), track.timescale());
    if (producerOffsetNs != Mpd.NO_TIME) {
      findings.check(
          Rule.DASH_PRFT_DRIFT,
          Math.abs(offsetNs - producerOffsetNs) <= DRIFT_NS + options.jitter().toNanos(),
          uri.toString(),
          "%.3f s from the first".formatted((double) (offsetNs - producerOffsetNs) / 1e9),
          "media and wall clock go on together");
    }
    producerOffsetNs = producerOffsetNs == Mpd.NO_TIME ? offsetNs : producerOffsetNs;
  }

  /** Chunks come as they are made, not when the segment is whole. */
  void arrival(Answer answer, List<Chunk> chunks, Track track, URI uri) {
    long jitterNs = options.jitter().toNanos();
    findings.check(
        Rule.DASH_FIRST_BYTE,
        answer.firstByteNs() - answer.sentNs()
            <= FIRST_BYTE_NS + jitterNs + fetcher.stalledNs(answer.sentNs(), answer.firstByteNs()),
        uri.toString(),
        "first byte after %.3f s"
            .formatted((double) (answer.firstByteNs() - answer.sentNs()) / 1e9),
        "within 50 ms of the chunk's availability");
    for (int i = 1; i < chunks.size(); i++) {
      long fromNs = answer.arrivedNs(chunks.get(i - 1).end());
      long toNs = answer.arrivedNs(chunks.get(i).end());
      long gapNs = toNs - fromNs;
      long chunkNs = MpdReader.ns(chunks.get(i).duration(), track.timescale());
      findings.check(
          Rule.DASH_CADENCE,
          gapNs <= 2 * chunkNs + jitterNs + fetcher.stalledNs(fromNs, toNs),
          "%s chunk %d".formatted(uri, i),
          "%.3f s after the chunk before".formatted((double) gapNs / 1e9),
          "as it is made, every %.3f s".formatted((double) chunkNs / 1e9));
    }
  }
}
