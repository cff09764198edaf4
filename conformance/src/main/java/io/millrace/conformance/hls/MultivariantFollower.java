package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads a multivariant playlist again from time to time, and each time that a rendition goes on in
 * another way, and judges it with what is listed then. Confined to who follows the first rendition.
 */
final class MultivariantFollower {
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final long EVERY_NS = 10_000_000_000L;

  private final URI address;
  private final Fetcher fetcher;
  private final Findings findings;
  private final MediaFetcher fetched;
  private String text;
  private MultivariantPlaylist current;
  private long readNs;
  private long changes;

  /** Begins with the answer that its address gave. */
  MultivariantFollower(Answer answer, Fetcher fetcher, Findings findings) {
    this.address = answer.uri();
    this.fetcher = fetcher;
    this.findings = findings;
    this.fetched = new MediaFetcher(address, fetcher, findings);
    this.text = answer.text();
    this.readNs = fetcher.nowNs();
    this.current = read(answer);
  }

  /** The newest version. */
  MultivariantPlaylist current() {
    return current;
  }

  private MultivariantPlaylist read(Answer answer) {
    PlaylistText lines = PlaylistText.of(answer.text());
    TextRules.check(answer, lines, findings);
    MultivariantPlaylist playlist = PlaylistReader.multivariant(lines);
    TransportRules.playlist(answer, /* blocking= */ false, findings);
    MultivariantRules.check(playlist, address.toString(), findings);
    return playlist;
  }

  /** Reads it where it is time to. */
  void due(List<RenditionFollower> followers) throws InterruptedException {
    long seen = followers.stream().mapToLong(RenditionFollower::changes).sum();
    if (seen != changes || fetcher.nowNs() - readNs >= EVERY_NS) {
      changes = seen;
      again(followers);
    }
  }

  /** Reads it, and judges it anew where it is another one. */
  void again(List<RenditionFollower> followers) throws InterruptedException {
    readNs = fetcher.nowNs();
    Optional<Answer> answer = fetched.get(Ask.text(address, WITHIN));
    if (answer.isEmpty()) {
      return;
    }
    boolean there = answer.get().status() == 200;
    boolean ended = followers.stream().anyMatch(RenditionFollower::ended);
    if (!there && !ended) {
      findings.broken(
          Rule.HLS_PLAYLIST_AVAILABLE,
          address.toString(),
          "status " + answer.get().status(),
          "200");
    }
    if (!there) {
      return;
    }
    if (!answer.get().text().equals(text)) {
      text = answer.get().text();
      current = read(answer.get());
    }
    new FormatRules(address, current, followers, findings).check(answer.get());
  }
}
