package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Asks for parts and segments after a playlist has dropped them: they have to be there for a while
 * (RFC 8216bis 6.2.2). Confined to the rendition's follower.
 */
final class KeptMedia {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** Of what is dropped meanwhile, no more is remembered. */
  private static final int MAX_WAITING = 16;

  /** Asked shortly before the time that it has to be there for is over. */
  private static final double SHARE_OF_THE_TIME = 0.9;

  private record Dropped(Rule rule, String uri, long dueNs, long untilNs, String expected) {}

  private final URI address;
  private final Fetcher fetcher;
  private final Findings findings;
  private final Deque<Dropped> waiting = new ArrayDeque<>();

  KeptMedia(URI address, Fetcher fetcher, Findings findings) {
    this.address = address;
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /** Notes what the later version dropped. */
  void removed(MediaPlaylist before, MediaPlaylist after) {
    if (after.ended()) {
      return;
    }
    for (Segment segment : before.segments()) {
      Optional<Segment> now = after.segment(segment.msn());
      if (!segment.parts().isEmpty()
          && now.map(s -> s.parts().isEmpty()).orElse(true)
          && !segment.parts().getLast().gap()
          && segment.parts().getLast().byteRange().isEmpty()) {
        String uri = segment.parts().getLast().uri();
        add(Rule.HLS_PART_KEPT, uri, 3 * after.targetDurationNs(), "three target durations more");
      }
      if (segment.complete()
          && segment.msn() < after.mediaSequence()
          && !segment.gap()
          && segment.byteRange().isEmpty()) {
        // It was listed for about a playlist's duration: its own is left (6.2.2).
        add(Rule.HLS_SEGMENT_KEPT, segment.uri(), segment.durationNs(), "its own duration more");
      }
    }
  }

  /** To be asked for at once, and again when the time is nearly over. */
  private void add(Rule rule, String uri, long forNs, String expected) {
    if (waiting.size() < MAX_WAITING) {
      long nowNs = fetcher.nowNs();
      long lateNs = nowNs + (long) ((double) forNs * SHARE_OF_THE_TIME);
      waiting.add(new Dropped(rule, uri, nowNs, lateNs, expected));
      waiting.add(new Dropped(rule, uri, lateNs, nowNs + forNs, expected));
    }
  }

  /** Asks for one of those whose time has come. */
  void due() throws InterruptedException {
    long nowNs = fetcher.nowNs();
    Optional<Dropped> next =
        waiting.stream().filter(dropped -> dropped.dueNs() <= nowNs).findFirst();
    if (next.isEmpty()) {
      return;
    }
    waiting.remove(next.get());
    Optional<URI> uri = ServerProbes.resolve(address, next.get().uri());
    // Asked too late, an answer says nothing.
    if (uri.isEmpty() || nowNs > next.get().untilNs()) {
      return;
    }
    try {
      Answer answer = fetcher.get(Ask.media(uri.get(), WITHIN));
      findings.check(
          next.get().rule(),
          answer.status() == 200,
          uri.get().toString(),
          "status %d after it was dropped".formatted(answer.status()),
          "200 for " + next.get().expected());
    } catch (FetchException e) {
      findings.broken(next.get().rule(), uri.get().toString(), e.reason(), "200");
    }
  }
}
