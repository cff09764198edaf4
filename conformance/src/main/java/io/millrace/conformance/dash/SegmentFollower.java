package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Segment;
import io.millrace.conformance.dash.Mpd.Template;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.mp4.Chunk;
import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSection.Track;
import io.millrace.conformance.mp4.InitSectionReader;
import io.millrace.conformance.mp4.SegmentReader;
import io.millrace.conformance.mp4.TrackTimeline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows one Representation at the live edge: asks for each segment when it is said to be
 * available (ISO/IEC 23009-1 5.3.9.5.3), and judges when its chunks come and what they are.
 * Confined to one thread.
 */
final class SegmentFollower {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final Duration UNTIL_THE_NEXT_MPD = Duration.ofMillis(200);
  private static final long FIRST_BYTE_NS = 50_000_000;
  private static final long DRIFT_NS = 50_000_000;
  private static final int FAR_AHEAD = 20;

  private final String id;
  private final String key;
  private final boolean fromItsBeginning;
  private final ManifestFollower manifest;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;
  private final SharedBytes shared;
  private final TrackTimeline timeline;
  private final List<Length> lengths = new ArrayList<>();

  /** How long a segment's media was, until its S is settled. */
  private record Length(long number, long ns, long frameNs, URI uri) {}

  private Optional<InitSection> init = Optional.empty();
  private byte[] initBytes = {};
  private URI initUri = URI.create("");
  private boolean started;
  private boolean askedAhead;
  private boolean askedSequence;
  private long nextNumber = Long.MIN_VALUE;
  private long lastTime = Long.MIN_VALUE;
  private long producerOffsetNs = Mpd.NO_TIME;

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
      Fetcher fetcher,
      CheckOptions options,
      Findings findings,
      SharedBytes shared) {
    this.id = id;
    this.key = key;
    this.fromItsBeginning = fromItsBeginning;
    this.manifest = manifest;
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.shared = shared;
    this.timeline = new TrackTimeline(findings);
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
      takeInit(representation, template);
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

  void finish() throws InterruptedException {
    judgeLengths();
    if (initBytes.length > 0) {
      Optional<Answer> again = get(initUri);
      if (again.isPresent() && again.get().status() == 200) {
        findings.check(
            Rule.CMAF_INIT_KEPT,
            Arrays.equals(again.get().body(), initBytes),
            initUri.toString(),
            "other bytes than before",
            "the same for ever: another init section has another address");
      }
    }
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

  private URI address(Representation representation, String pattern, Segment segment, long part) {
    String path = pattern.replace("$RepresentationID$", representation.id());
    path = path.replace("$Bandwidth$", Long.toString(representation.bandwidth()));
    path = numbered(path, "Number", segment.number());
    path = numbered(path, "Time", segment.time());
    path = numbered(path, "SubNumber", part).replace("$$", "$");
    return MpdReader.resolve(representation.base(), path).orElse(representation.base());
  }

  private static String numbered(String path, String name, long value) {
    String replaced = path.replace("$" + name + "$", Long.toString(value));
    Matcher width = Pattern.compile("\\$" + name + "%0(\\d{1,2})d\\$").matcher(replaced);
    return width.replaceAll(
        match -> {
          String digits = Long.toString(value);
          int zeros = Integer.parseInt(match.group(1)) - digits.length();
          return "0".repeat(Math.max(0, zeros)) + digits;
        });
  }

  private void takeInit(Representation representation, Template template)
      throws InterruptedException {
    initUri = address(representation, template.initialization(), new Segment(0, 0, 0), 0);
    Optional<byte[]> bytes = bytes(initUri, Rule.DASH_SEGMENT_AVAILABLE);
    if (bytes.isEmpty()) {
      return;
    }
    initBytes = bytes.get();
    init = InitSectionReader.read(initBytes, initUri.toString(), findings);
    init.map(section -> section.tracks().getFirst())
        .ifPresent(
            track ->
                findings.check(
                    Rule.DASH_CODECS,
                    representation.codecs().equalsIgnoreCase(track.codecs())
                        && (!track.isVideo()
                            || (representation.width() == track.width()
                                && representation.height() == track.height())),
                    "Representation " + key,
                    "codecs %s, %dx%d"
                        .formatted(
                            representation.codecs(),
                            representation.width(),
                            representation.height()),
                    "%s, %dx%d, as the init section says"
                        .formatted(track.codecs(), track.width(), track.height())));
  }

  /** What is far ahead of its availability is not there (5.3.9.5.3). */
  private void askAhead(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    long number = segment.number() + FAR_AHEAD;
    long time = segment.time() + FAR_AHEAD * segment.duration();
    Segment ahead = new Segment(number, time, segment.duration());
    URI uri = address(representation, template.media(), ahead, 0);
    Optional<Answer> answer = get(uri);
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

  private void take(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    long waitNs = availableNs(representation, template, segment) - manifest.utcNs();
    if (waitNs > 60 * SECOND_NS) {
      fetcher.pause(UNTIL_THE_NEXT_MPD);
      nextNumber = segment.number();
      return;
    }
    if (waitNs > 0) {
      fetcher.pause(Duration.ofNanos(waitNs));
    }
    boolean atTheEdge = waitNs > 0;
    URI uri = address(representation, template.media(), segment, 0);
    Optional<Answer> answer = get(uri);
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
    times(template, segment, chunks, track.get(), uri);
    producer(representation, chunks, track.get(), uri);
    if (atTheEdge && !representation.complete()) {
      arrival(answer.get(), chunks, track.get(), uri);
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

  private void producer(Representation representation, List<Chunk> chunks, Track track, URI uri) {
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
  private void arrival(Answer answer, List<Chunk> chunks, Track track, URI uri) {
    long jitterNs = options.jitter().toNanos();
    findings.check(
        Rule.DASH_FIRST_BYTE,
        answer.firstByteNs() - answer.sentNs() <= FIRST_BYTE_NS + jitterNs,
        uri.toString(),
        "first byte after %.3f s"
            .formatted((double) (answer.firstByteNs() - answer.sentNs()) / 1e9),
        "within 50 ms of the chunk's availability");
    for (int i = 1; i < chunks.size(); i++) {
      long gapNs =
          answer.arrivedNs(chunks.get(i).end()) - answer.arrivedNs(chunks.get(i - 1).end());
      long chunkNs = MpdReader.ns(chunks.get(i).duration(), track.timescale());
      findings.check(
          Rule.DASH_CADENCE,
          gapNs <= 2 * chunkNs + jitterNs,
          "%s chunk %d".formatted(uri, i),
          "%.3f s after the chunk before".formatted((double) gapNs / 1e9),
          "as it is made, every %.3f s".formatted((double) chunkNs / 1e9));
    }
  }

  /** The parts of a Segment Sequence are its segment. */
  private void sequence(Representation representation, Template template, Segment segment)
      throws InterruptedException {
    // The one before is whole by now.
    Segment whole =
        new Segment(segment.number() - 1, segment.time() - segment.duration(), segment.duration());
    long ticks = 0;
    for (long part = 0; part < Math.min(template.sequence(), 100); part++) {
      URI uri = address(representation, template.media(), whole, part);
      Optional<byte[]> bytes = bytes(uri, Rule.DASH_SEGMENT_AVAILABLE);
      if (bytes.isEmpty() || init.isEmpty()) {
        return;
      }
      List<Chunk> chunks = SegmentReader.read(bytes.get(), init.get(), uri.toString(), findings);
      ticks += chunks.stream().mapToLong(Chunk::duration).sum();
    }
    long timescale = init.get().tracks().getFirst().timescale();
    long offNs =
        MpdReader.ns(ticks, timescale) - MpdReader.ns(segment.duration(), template.timescale());
    findings.check(
        Rule.DASH_SEQUENCE_PARTS,
        Math.abs(offNs) <= MpdReader.ns(segment.duration(), template.timescale()) / 20,
        "Representation " + key,
        "%d parts differ by %.3f s from the segment"
            .formatted(template.sequence(), (double) offNs / 1e9),
        "k parts last as long as the segment");
  }

  private Optional<byte[]> bytes(URI uri, Rule rule) throws InterruptedException {
    Optional<Answer> answer = get(uri);
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    int status = answer.get().status();
    boolean there = findings.check(rule, status == 200, uri.toString(), "status " + status, "200");
    return there ? Optional.of(answer.get().body()) : Optional.empty();
  }

  private Optional<Answer> get(URI uri) throws InterruptedException {
    try {
      Answer answer = fetcher.get(Ask.media(uri, WITHIN));
      findings.check(Rule.HTTP_ANSWERS, true, uri.toString(), "", "");
      return Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, uri.toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }
}
