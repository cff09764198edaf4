package io.millrace.conformance.steering;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Fetches a steering manifest as a player does: at once, and again whenever its TTL is over.
 * Confined to who follows the presentation, which lets it ask between two steps.
 */
public final class SteeringFollower {
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long DEFAULT_TTL_SECONDS = 300;

  /** More often nobody has to be asked, whatever TTL it names. */
  private static final int MAX_LOADS = 20;

  /** Bits per second, as a player would tell. */
  private static final int THROUGHPUT = 10_000_000;

  private final Steering steering;
  private final Fetcher fetcher;
  private final Findings findings;

  private URI address;
  private String pathway;
  private long dueNs = Long.MIN_VALUE;
  private int loads;

  public SteeringFollower(Steering steering, Fetcher fetcher, Findings findings) {
    this.steering = steering;
    this.fetcher = fetcher;
    this.findings = findings;
    this.address = steering.server();
    this.pathway = steering.first();
  }

  /** Asks for the manifest if it is time to. */
  public void due() throws InterruptedException {
    boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    if (!http || loads >= MAX_LOADS || fetcher.nowNs() < dueNs) {
      return;
    }
    boolean again = loads++ > 0;
    URI uri = asked();
    Optional<Answer> answer = get(uri);
    if (answer.isEmpty()) {
      loads = MAX_LOADS;
      return;
    }
    Optional<SteeringManifest> manifest = read(answer.get(), again);
    if (manifest.isEmpty()) {
      // 410 says that there is no steering any more; of 429 the default is enough to wait.
      loads = answer.get().status() == 429 ? loads : MAX_LOADS;
      dueNs = fetcher.nowNs() + DEFAULT_TTL_SECONDS * SECOND_NS;
      return;
    }
    String where = uri.toString();
    SteeringRules.check(manifest.get(), steering, answer.get(), where, findings);
    pathway = manifest.get().priority().stream().findFirst().orElse(pathway);
    manifest
        .get()
        .reloadUri()
        .flatMap(reload -> resolve(address, reload))
        .ifPresent(reload -> address = reload);
    long ttl = manifest.get().ttlSeconds().orElse(DEFAULT_TTL_SECONDS);
    dueNs = fetcher.nowNs() + Math.clamp(ttl, 1, 86_400) * SECOND_NS;
  }

  private Optional<SteeringManifest> read(Answer answer, boolean again) {
    int status = answer.status();
    Optional<SteeringManifest> manifest =
        status == 200 ? SteeringManifest.read(answer.body()) : Optional.empty();
    boolean refused = status == 410 || (status == 429 && !answer.header("retry-after").isEmpty());
    findings.check(
        again ? Rule.STEERING_RELOAD : Rule.STEERING_MANIFEST,
        manifest.isPresent() || refused,
        answer.uri().toString(),
        status == 200 ? "no JSON object" : "status " + status,
        "200 with a JSON object, 410, or 429 with Retry-After");
    return manifest;
  }

  /** With pathway and throughput (RFC 8216bis 7.4). */
  private URI asked() {
    String text = address.toString();
    String quoted = URLEncoder.encode('"' + pathway + '"', StandardCharsets.UTF_8);
    return URI.create(
        "%s%s%spathway=%s&%sthroughput=%d"
            .formatted(
                text,
                text.contains("?") ? "&" : "?",
                steering.format().prefix(),
                quoted,
                steering.format().prefix(),
                THROUGHPUT));
  }

  private static Optional<URI> resolve(URI base, String reference) {
    try {
      return Optional.of(base.resolve(reference));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<Answer> get(URI uri) throws InterruptedException {
    try {
      Answer answer = fetcher.get(Ask.text(uri, WITHIN));
      findings.check(Rule.HTTP_ANSWERS, true, uri.toString(), "", "");
      return Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, uri.toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }
}
