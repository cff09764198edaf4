package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Fetches what a media playlist names, and judges how it is sent. */
final class MediaFetcher {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private final URI playlist;
  private final Fetcher fetcher;
  private final Findings findings;

  /** Of a playlist at that address, which its URIs are relative to. */
  MediaFetcher(URI playlist, Fetcher fetcher, Findings findings) {
    this.playlist = playlist;
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /**
   * The bytes of a part, segment or init section; empty where they could not be had, which is a
   * finding of {@code rule} then.
   *
   * @param byteRange {@code n@o}, to ask for that alone; empty for all
   */
  Optional<byte[]> bytes(String uri, String byteRange, Rule rule) throws InterruptedException {
    Optional<URI> resolved = ServerProbes.resolve(playlist, uri);
    if (resolved.isEmpty()) {
      findings.broken(rule, uri, "no URI", "one");
      return Optional.empty();
    }
    Ask ask = Ask.media(resolved.get(), WITHIN);
    String[] range = byteRange.split("@", -1);
    boolean ranged = range.length == 2 && byteRange.matches("[0-9]{1,15}@[0-9]{1,15}");
    if (ranged) {
      long start = Long.parseLong(range[1]);
      long end = start + Long.parseLong(range[0]) - 1;
      ask = ask.withRange("bytes=%d-%d".formatted(start, end));
    }
    Optional<Answer> answer = get(ask);
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    TransportRules.media(answer.get(), findings);
    int status = answer.get().status();
    if (ranged && status < 300) {
      findings.check(
          Rule.HLS_RANGES, status == 206, resolved.get().toString(), "status " + status, "206");
    }
    boolean there =
        findings.check(
            rule,
            status == 200 || (ranged && status == 206),
            resolved.get().toString(),
            "status " + status,
            "200");
    return there && (!ranged || status == 206)
        ? Optional.of(answer.get().body())
        : Optional.empty();
  }

  /** Asks once; no answer at all is a finding. */
  Optional<Answer> get(Ask ask) throws InterruptedException {
    try {
      Answer answer = fetcher.get(ask);
      findings.check(Rule.HTTP_ANSWERS, true, ask.uri().toString(), "", "");
      return Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, ask.uri().toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }
}
