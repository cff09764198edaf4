package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Fetches what an MPD names. May be used by many threads. */
final class DashFetcher {
  private static final Duration WITHIN = Duration.ofSeconds(20);

  private final Fetcher fetcher;
  private final Findings findings;

  DashFetcher(Fetcher fetcher, Findings findings) {
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /** Asks once; no answer at all is a finding. */
  Optional<Answer> get(URI uri) throws InterruptedException {
    try {
      Answer answer = fetcher.get(Ask.media(uri, WITHIN));
      findings.check(Rule.HTTP_ANSWERS, true, uri.toString(), "", "");
      return Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, uri.toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }

  /** The bytes of what has to be there. */
  Optional<byte[]> bytes(URI uri) throws InterruptedException {
    Optional<Answer> answer = get(uri);
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    int status = answer.get().status();
    boolean there =
        findings.check(
            Rule.DASH_SEGMENT_AVAILABLE, status == 200, uri.toString(), "status " + status, "200");
    return there ? Optional.of(answer.get().body()) : Optional.empty();
  }
}
