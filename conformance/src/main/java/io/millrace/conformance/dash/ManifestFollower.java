package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.http.HeaderRules;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

/** Fetches an MPD again and again, and judges it, its updates, patches and its clock. */
final class ManifestFollower {
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final Duration LEAST_PAUSE = Duration.ofMillis(500);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(5);
  private static final int MAX_FAILURES_IN_A_ROW = 5;
  private static final long CLOCK_ERROR_NS = 10_000_000;
  private static final int CLOCK_QUESTIONS = 5;

  /** How far a clock was ahead of this machine's, to within half of the round trip. */
  private record ClockReading(long offsetNs, long roundTripNs) {}

  private final URI address;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;

  private volatile Mpd current;
  private volatile long clockOffsetNs;
  private boolean clockAsked;
  private int failures;

  /** Begins with the MPD that was fetched. */
  ManifestFollower(
      Answer answer, Mpd mpd, Fetcher fetcher, CheckOptions options, Findings findings) {
    this.address = answer.uri();
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.current = mpd;
    headers(answer);
    MpdRules.check(mpd, address.toString(), findings);
  }

  Mpd current() {
    return current;
  }

  boolean done() {
    return failures >= MAX_FAILURES_IN_A_ROW || !current.dynamic();
  }

  /** The server's wall clock, by its UTCTiming, ns since 1970. */
  long utcNs() {
    return ChronoUnit.NANOS.between(Instant.EPOCH, fetcher.wallClock()) + clockOffsetNs;
  }

  private void headers(Answer answer) {
    String where = answer.uri().toString();
    String type = answer.header("content-type").replaceFirst(";.*", "").strip();
    findings.check(
        Rule.DASH_CONTENT_TYPE,
        type.equals("application/dash+xml"),
        where,
        "Content-Type " + type,
        "application/dash+xml");
    findings.check(
        Rule.HTTP_CORS,
        !answer.header("access-control-allow-origin").isEmpty(),
        where,
        "no Access-Control-Allow-Origin",
        "one, for players in browsers");
    HeaderRules.exposed(answer, findings);
  }

  /** Asks for the clock once, then waits for the next update and judges it. */
  void step() throws InterruptedException {
    if (!clockAsked) {
      clockAsked = true;
      clock();
      return;
    }
    Mpd before = current;
    Duration period =
        MpdReader.durationNs(before.attribute("minimumUpdatePeriod"))
            .map(Duration::ofNanos)
            .orElse(MOST_PAUSE);
    Duration pause = period.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : period;
    fetcher.pause(pause.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : pause);
    Optional<Document> patch = patch(before);
    Optional<Answer> answer = get(address);
    if (answer.isEmpty() || answer.get().status() != 200) {
      failures++;
      answer.ifPresent(
          a ->
              findings.broken(
                  Rule.DASH_MPD_AVAILABLE, address.toString(), "status " + a.status(), "200"));
      return;
    }
    failures = 0;
    findings.check(Rule.DASH_MPD_AVAILABLE, true, address.toString(), "", "");
    headers(answer.get());
    Optional<Mpd> after = read(answer.get(), findings);
    if (after.isEmpty()) {
      return;
    }
    MpdRules.check(after.get(), address.toString(), findings);
    MpdUpdateRules.check(before, after.get(), address.toString(), findings);
    if (patch.isPresent()) {
      checkPatch(before, patch.get(), after.get());
    }
    current = after.get();
  }

  static Optional<Mpd> read(Answer answer, Findings findings) {
    try {
      Mpd mpd = MpdReader.read(MpdReader.xml(answer.body()), answer.uri());
      findings.check(Rule.DASH_XML, true, answer.uri().toString(), "", "");
      return Optional.of(mpd);
    } catch (SAXException e) {
      findings.broken(
          Rule.DASH_XML,
          answer.uri().toString(),
          String.valueOf(e.getMessage()),
          "well-formed XML without DTD");
      return Optional.empty();
    }
  }

  private Optional<Document> patch(Mpd mpd) throws InterruptedException {
    if (mpd.patchLocation().isEmpty()) {
      return Optional.empty();
    }
    Optional<URI> uri = MpdReader.resolve(address, mpd.patchLocation());
    Optional<Answer> answer = uri.isPresent() ? get(uri.get()) : Optional.empty();
    // 404, 410 and 425 send the player to the whole MPD.
    if (answer.isEmpty() || answer.get().status() != 200) {
      return Optional.empty();
    }
    try {
      return Optional.of(MpdReader.xml(answer.get().body()));
    } catch (SAXException e) {
      findings.broken(
          Rule.DASH_PATCH, mpd.patchLocation(), String.valueOf(e.getMessage()), "an XML patch");
      return Optional.empty();
    }
  }

  /** Compared only where patch and MPD are of the same time. */
  private void checkPatch(Mpd before, Document patch, Mpd after) {
    String to = patch.getDocumentElement().getAttribute("publishTime");
    if (!to.equals(after.attribute("publishTime"))) {
      return;
    }
    String seen;
    boolean same = false;
    try {
      Document patched = MpdPatch.apply(before.document(), patch);
      same = MpdPatch.same(patched.getDocumentElement(), after.document().getDocumentElement());
      seen = "another MPD";
    } catch (MpdPatch.Refused e) {
      seen = String.valueOf(e.getMessage());
    }
    findings.check(
        Rule.DASH_PATCH,
        same,
        before.patchLocation(),
        seen,
        "the patch applied to the MPD of %s gives that of %s"
            .formatted(before.attribute("publishTime"), to));
  }

  /** Asks the first UTCTiming that can be asked by HTTP. */
  private void clock() throws InterruptedException {
    for (Map.Entry<String, String> timing : current.timings()) {
      String scheme = timing.getKey().toLowerCase(Locale.ROOT);
      boolean http = scheme.contains("utc:http-xsdate") || scheme.contains("utc:http-iso");
      Optional<URI> uri = http ? MpdReader.resolve(address, timing.getValue()) : Optional.empty();
      Optional<ClockReading> reading = uri.isPresent() ? quickest(uri.get()) : Optional.empty();
      if (reading.isEmpty()) {
        continue;
      }
      clockOffsetNs = reading.get().offsetNs();
      findings.check(
          Rule.DASH_UTC_ERROR,
          Math.abs(clockOffsetNs) <= CLOCK_ERROR_NS + reading.get().roundTripNs() / 2,
          uri.get().toString(),
          "%.3f s from this machine's clock, by an answer that took %.3f s"
              .formatted((double) clockOffsetNs / 1e9, (double) reading.get().roundTripNs() / 1e9),
          "within 10 ms, where this machine's clock is right");
      return;
    }
  }

  /**
   * Asks until an answer comes quickly, a few times: it was written somewhere within its round
   * trip, and the first one may wait for a connection.
   */
  private Optional<ClockReading> quickest(URI uri) throws InterruptedException {
    Optional<ClockReading> quickest = Optional.empty();
    for (int i = 0; i < CLOCK_QUESTIONS; i++) {
      Optional<ClockReading> reading = get(uri).flatMap(answer -> reading(answer, uri));
      if (reading.isEmpty()) {
        return quickest;
      }
      long roundTripNs = reading.get().roundTripNs();
      if (quickest.isEmpty() || roundTripNs < quickest.get().roundTripNs()) {
        quickest = reading;
      }
      if (roundTripNs <= CLOCK_ERROR_NS) {
        return quickest;
      }
    }
    return quickest;
  }

  private Optional<ClockReading> reading(Answer answer, URI uri) {
    long serverNs = MpdReader.instantNs(answer.text().strip());
    findings.check(
        Rule.DASH_UTC_ANSWER,
        answer.status() == 200 && serverNs != Mpd.NO_TIME,
        uri.toString(),
        "status %d, \"%s\"".formatted(answer.status(), answer.text()),
        "200 with a date and time");
    if (serverNs == Mpd.NO_TIME) {
      return Optional.empty();
    }
    long roundTripNs = answer.endNs() - answer.sentNs();
    long localNs = ChronoUnit.NANOS.between(Instant.EPOCH, answer.wallClock()) - roundTripNs / 2;
    return Optional.of(new ClockReading(serverNs - localNs, roundTripNs));
  }

  private Optional<Answer> get(URI uri) throws InterruptedException {
    try {
      Answer answer = fetcher.get(Ask.text(uri, WITHIN.plus(options.jitter())));
      findings.check(Rule.HTTP_ANSWERS, true, uri.toString(), "", "");
      return Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, uri.toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }
}
