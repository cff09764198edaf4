package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Segment;
import io.millrace.conformance.dash.Mpd.Template;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.mp4.Chunk;
import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSection.Track;
import io.millrace.conformance.mp4.SegmentReader;
import io.millrace.conformance.mp4.StreamAccess;
import io.millrace.conformance.mp4.TrackTimeline;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Follows one Representation at the live edge: asks for each segment when it is said to be
 * available (ISO/IEC 23009-1 5.3.9.5.3), and judges when its chunks come and what they are.
 * Confined to one thread.
 */
final class SegmentFollower {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final Duration UNTIL_THE_NEXT_MPD = Duration.ofMillis(200);
  private static final int FAR_AHEAD = 20;

  /** Of a segment's parts, no more are asked for. */
  private static final int MAX_PARTS = 100;

  private final String id;
  private final String key;
  private final boolean fromItsBeginning;
  private final ManifestFollower manifest;
  private final InitSections inits;
  private final Fetcher fetcher;
  private final DashFetcher fetched;
  private final Findings findings;
  private final SharedBytes shared;
  private final TrackTimeline timeline;
  private final ChunkTimes chunkTimes;
  private final long jitterNs;
  private final List<Length> lengths = new ArrayList<>();

  /** How long a segment's media was, until its S is settled. */
  private record Length(long number, long ns, long frameNs, URI uri) {}

  private Optional<InitSection> init = Optional.empty();
  private boolean started;
  private boolean askedAhead;
  private boolean askedNext;
  private boolean askedSequence;
  private long nextNumber = Long.MIN_VALUE;
  private long lastTime = Long.MIN_VALUE;
  private boolean askedEarly;

  /** How long the last segment's first chunk was. */
  private long chunkNs;

  /**
   * Follows the Representation.
   *
   * @param fromItsBeginning whether from its first segment on, not from the newest
   */
  SegmentFollower(
      String id,
      String key,
      boolean fromItsBeginning,
      ManifestFollower manifest,
      InitSections inits,
      Fetcher fetcher,
      CheckOptions options,
      Findings findings,
      SharedBytes shared) {
    this.id = id;
    this.key = key;
    this.fromItsBeginning = fromItsBeginning;
    this.manifest = manifest;
    this.inits = inits;
    this.fetcher = fetcher;
    this.fetched = new DashFetcher(fetcher, findings);
    this.findings = findings;
    this.shared = shared;
    this.timeline = new TrackTimeline(findings);
    this.jitterNs = options.jitter().toNanos();
    this.chunkTimes = new ChunkTimes(options, fetcher, findings);
  }

  /** What follows in the next Period, once all that this one has was taken. */
  Optional<Representation> successor() {
    Mpd mpd = manifest.current();
    Optional<Representation> here = mpd.representation(key);
    boolean isMore =
        here.flatMap(
                representation ->
                    representation.template().flatMap(template -> next(representation, template)))
            .isPresent();
    return isMore ? Optional.empty() : mpd.successor(key, id);
  }

  void step() throws InterruptedException {
    judgeLengths();
    Optional<Representation> of = manifest.current().representation(key);
    if (of.isEmpty() || of.get().template().isEmpty()) {
      fetcher.pause(UNTIL_THE_NEXT_MPD);
      return;
    }
    Representation representation = of.get();
    Template template = representation.template().get();
    if (!started) {
      started = true;
      init = inits.of(representation);
    }
    Optional<Segment> next = next(representation, template);
    if (next.isEmpty()) {
      fetcher.pause(UNTIL_THE_NEXT_MPD);
      return;
    }
    nextNumber = next.get().number() + 1;
    lastTime = next.get().time();
    if (template.missing().contains(lastTime)) {
      timeline.restart();
      return;
    }
    if (!askedAhead) {
      askedAhead = true;
      askAhead(representation, template, next.get());
    }
    if (!askedNext && !representation.complete()) {
      askNext(representation, template, next.get());
    }
    if (template.sequence() > 0) {
      if (!askedSequence) {
        askedSequence = true;
        sequence(representation, template, next.get());
      }
      fetcher.pause(UNTIL_THE_NEXT_MPD);
      return;
    }
    take(representation, template, next.get());
  }

  void finish() {
    judgeLengths();
  }

  /** When a segment may be asked for, on the server's clock. */
  private long availableNs(Representation representation, Template template, Segment segment) {
    return manifest.current().endNs(representation, template, segment)
        - Math.max(0, representation.offsetNs());
  }

  /** The segment after the last one; at first, the first of a Period that follows another. */
  private Optional<Segment> next(Representation representation, Template template) {
    if (template.timeline().isPresent()) {
      List<Segment> listed = template.segments();
      if (lastTime == Long.MIN_VALUE) {
        if (listed.isEmpty()) {
          return Optional.empty();
        }
        return Optional.of(fromItsBeginning ? listed.getFirst() : listed.getLast());
      }
      return listed.stream().filter(segment -> segment.time() > lastTime).findFirst();
    }
    if (template.duration() <= 0) {
      return Optional.empty();
    }
    long number = nextNumber;
    if (number == Long.MIN_VALUE) {
      long goneNs =
          manifest.utcNs()
              - manifest.current().availabilityStartNs()
              - representation.periodStartNs()
              + Math.max(0, representation.offsetNs());
      long durationNs = Math.max(1, MpdReader.ns(template.duration(), template.timescale()));
      number = template.startNumber() + Math.max(0, goneNs / durationNs - 1);
    }
    long time =
        (number - template.startNumber()) * template.duration() + template.presentationTimeOffset();
    return Optional.of(new Segment(number, time, template.duration()));
  }

  /** What is far ahead of its availability is not there (5.3.9.5.3). */
  private void askAhead(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    long number = segment.number() + FAR_AHEAD;
    long time = segment.time() + FAR_AHEAD * segment.duration();
    Segment ahead = new Segment(number, time, segment.duration());
    URI uri = SegmentAddress.of(representation, template.media(), ahead, 0);
    Optional<Answer> answer = fetched.get(uri);
    if (answer.isPresent()) {
      int status = answer.get().status();
      findings.check(
          Rule.DASH_TOO_EARLY,
          status == 404 || status == 425,
          uri.toString(),
          "status %d, %d segments ahead".formatted(status, FAR_AHEAD),
          "404 before it is available");
    }
  }

  /**
   * Asks once for the segment behind one that is due, long before its time: it is not there yet, or
   * held until then (5.3.9.5.3).
   */
  private void askNext(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    Segment ahead =
        new Segment(segment.number() + 1, segment.time() + segment.duration(), segment.duration());
    long availableNs = availableNs(representation, template, ahead);
    // The less time is left, the less is said where that is uneven.
    if (availableNs - manifest.utcNs() < 2 * jitterNs) {
      return;
    }
    askedNext = true;
    URI uri = SegmentAddress.of(representation, template.media(), ahead, 0);
    Optional<Answer> answer = fetched.get(uri);
    answer.ifPresent(early -> judgeEarly(early, availableNs));
  }

  private void judgeEarly(Answer answer, long availableNs) {
    int status = answer.status();
    long firstByteNs = manifest.utcNs() - (fetcher.nowNs() - answer.firstByteNs());
    long earlyNs = availableNs - firstByteNs;
    // Encoders are not as even as their timestamps.
    long mayNs = Math.max(chunkNs / 2, jitterNs);
    findings.check(
        Rule.DASH_EDGE,
        status == 404 || status == 425 || (status == 200 && earlyNs <= mayNs),
        answer.uri().toString(),
        "status %d, %.3f s before its availability start time"
            .formatted(status, (double) earlyNs / 1e9),
        "404, or held until that time");
  }

  private void take(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    long waitNs = availableNs(representation, template, segment) - manifest.utcNs();
    if (waitNs > 60 * SECOND_NS) {
      fetcher.pause(UNTIL_THE_NEXT_MPD);
      nextNumber = segment.number();
      return;
    }
    URI uri = SegmentAddress.of(representation, template.media(), segment, 0);
    Optional<Answer> early = Optional.empty();
    if (!askedEarly && chunkNs > 0 && waitNs >= chunkNs * 3 / 4 && !representation.complete()) {
      early = askEarly(uri, availableNs(representation, template, segment));
      waitNs = availableNs(representation, template, segment) - manifest.utcNs();
    }
    if (early.isEmpty() && waitNs > 0) {
      fetcher.pause(Duration.ofNanos(waitNs));
    }
    boolean atTheEdge = early.isEmpty() && waitNs > 0;
    Optional<Answer> answer = early.isPresent() ? early : fetched.get(uri);
    if (answer.isEmpty()) {
      return;
    }
    boolean there =
        findings.check(
            Rule.DASH_SEGMENT_AVAILABLE,
            answer.get().status() == 200,
            uri.toString(),
            "status %d".formatted(answer.get().status()),
            "200 from its availability start time on");
    if (!there || init.isEmpty()) {
      timeline.restart();
      return;
    }
    List<Chunk> chunks =
        SegmentReader.read(answer.get().body(), init.get(), uri.toString(), findings);
    Optional<Track> track =
        chunks.isEmpty() ? Optional.empty() : init.get().track(chunks.getFirst().trackId());
    if (track.isEmpty()) {
      return;
    }
    timeline.add(chunks, track.get(), /* startsSegment= */ true, uri.toString());
    sap(representation, StreamAccess.typeOf(answer.get().body(), chunks, track.get()), uri);
    times(template, segment, chunks, track.get(), uri);
    chunkTimes.producer(representation, chunks, track.get(), uri);
    chunkNs = MpdReader.ns(chunks.getFirst().duration(), track.get().timescale());
    if (atTheEdge && !representation.complete()) {
      chunkTimes.arrival(answer.get(), chunks, track.get(), uri);
    }
    shared.add(
        SharedBytes.Format.DASH,
        "%s %dx%d %d"
            .formatted(
                track.get().codecs(),
                track.get().width(),
                track.get().height(),
                chunks.getFirst().decodeTime()),
        answer.get().body(),
        uri.toString());
  }

  private void sap(Representation representation, int type, URI uri) {
    if (representation.startWithSap() > 0) {
      findings.check(
          Rule.DASH_START_WITH_SAP,
          type != StreamAccess.NONE && type <= representation.startWithSap(),
          uri.toString(),
          type == StreamAccess.NONE ? "no sync sample first" : "SAP type " + type,
          "SAP type %d at most, as startWithSAP says".formatted(representation.startWithSap()));
    }
  }

  /** Segments lie where the MPD says: exactly with a timeline, within half of one by number. */
  private void times(Template template, Segment segment, List<Chunk> chunks, Track track, URI uri) {
    long ticks = chunks.stream().mapToLong(Chunk::earliestPresentation).min().orElseThrow();
    long mediaNs = MpdReader.ns(ticks, track.timescale());
    long saidNs = MpdReader.ns(segment.time(), template.timescale());
    long toleranceNs =
        template.timeline().isPresent()
            ? SECOND_NS / template.timescale() + 1
            : MpdReader.ns(segment.duration(), template.timescale()) / 2;
    findings.check(
        Rule.DASH_SEGMENT_TIME,
        Math.abs(mediaNs - saidNs) <= toleranceNs,
        uri.toString(),
        "media from %.4f s on".formatted((double) mediaNs / 1e9),
        "%.4f s, within %.4f s".formatted((double) saidNs / 1e9, (double) toleranceNs / 1e9));
    if (template.timeline().isPresent()) {
      Chunk last = chunks.getLast();
      long lengthNs =
          MpdReader.ns(
              last.decodeTime() + last.duration() - chunks.getFirst().decodeTime(),
              track.timescale());
      long frameNs =
          MpdReader.ns(chunks.getLast().samples().getLast().duration(), track.timescale());
      lengths.add(new Length(segment.number(), lengthNs, frameNs, uri));
      judgeLengths();
    }
  }

  private void judgeLengths() {
    Mpd mpd = manifest.current();
    Optional<Representation> here = mpd.representation(key);
    if (here.isEmpty() || here.get().template().isEmpty()) {
      lengths.clear();
      return;
    }
    Representation representation = here.get();
    Template template = representation.template().get();
    List<Segment> listed = template.segments();
    lengths.removeIf(
        length -> {
          Optional<Segment> found =
              listed.stream().filter(each -> each.number() == length.number()).findFirst();
          if (found.isEmpty()) {
            return true;
          }
          Segment segment = found.get();
          if (!mpd.isSettled(representation, template, segment)) {
            return false;
          }
          long saidNs = MpdReader.ns(segment.duration(), template.timescale());
          findings.check(
              Rule.DASH_SEGMENT_DURATION,
              Math.abs(length.ns() - saidNs) <= length.frameNs(),
              length.uri().toString(),
              "%.4f s of media".formatted((double) length.ns() / 1e9),
              "S@d, %d ticks, to within a sample".formatted(segment.duration()));
          return true;
        });
  }

  /**
   * Asks once for a segment that is still to come, a chunk before its availability start time: it
   * is not there yet, or held until then (5.3.9.5.3).
   *
   * @return the answer, where it is the segment
   */
  private Optional<Answer> askEarly(URI uri, long availableNs) throws InterruptedException {
    askedEarly = true;
    fetcher.pause(Duration.ofNanos(Math.max(0, availableNs - chunkNs - manifest.utcNs())));
    Optional<Answer> answer = fetched.get(uri);
    answer.ifPresent(early -> judgeEarly(early, availableNs));
    return answer.filter(held -> held.status() == 200);
  }

  /** The parts of a Segment Sequence are its segment. */
  private void sequence(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    // The one before is whole by now.
    Segment whole =
        new Segment(segment.number() - 1, segment.time() - segment.duration(), segment.duration());
    Optional<Track> track = init.map(section -> section.tracks().getFirst());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long parts = Math.min(template.sequence(), MAX_PARTS);
    long partNs = MpdReader.ns(segment.duration(), template.timescale()) / parts;
    for (long part = 0; part < parts; part++) {
      URI uri = SegmentAddress.of(representation, template.media(), whole, part);
      Optional<byte[]> bytes = fetched.bytes(uri);
      if (bytes.isEmpty() || track.isEmpty()) {
        return;
      }
      all.writeBytes(bytes.get());
      List<Chunk> chunks = SegmentReader.read(bytes.get(), init.get(), uri.toString(), findings);
      long ticks = chunks.stream().mapToLong(Chunk::duration).sum();
      long sampleTicks = chunks.isEmpty() ? 0 : chunks.getFirst().samples().getFirst().duration();
      long offNs = MpdReader.ns(ticks, track.get().timescale()) - partNs;
      findings.check(
          Rule.DASH_SEQUENCE_PARTS,
          Math.abs(offNs) <= MpdReader.ns(sampleTicks, track.get().timescale()),
          uri.toString(),
          "%.4f s from the segment's share".formatted((double) offNs / 1e9),
          "parts that last as long as a %d-th of the segment, to within a sample"
              .formatted(template.sequence()));
    }
    Optional<Representation> normal = manifest.current().whole(representation);
    if (normal.isPresent() && normal.get().template().isPresent()) {
      URI uri = SegmentAddress.of(normal.get(), normal.get().template().get().media(), whole, 0);
      Optional<byte[]> bytes = fetched.bytes(uri);
      bytes.ifPresent(
          segmentBytes ->
              findings.check(
                  Rule.DASH_SEQUENCE_BYTES,
                  Arrays.equals(segmentBytes, all.toByteArray()),
                  uri.toString(),
                  "%d bytes, its parts %d, or others".formatted(segmentBytes.length, all.size()),
                  "what its parts hold, one behind the other"));
    }
  }
}
