package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSection.Track;
import io.millrace.conformance.mp4.InitSectionReader;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches the init sections of a rendition's segments, each once, and knows the formats that are
 * listed. Confined to the rendition's follower.
 */
final class InitSections {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** Of what is listed no longer, no more is kept. */
  private static final int MAX_KEPT = 32;

  /** Who names another one with every segment does not keep the segments from being read. */
  private static final int MAX_OF_A_VERSION = 16;

  /** What one address gave. */
  private static final class Known {
    private final Optional<InitSection> section;
    private final Optional<URI> whole;
    private final byte[] bytes;
    private final long sinceNs;

    Known(Optional<InitSection> section, Optional<URI> whole, byte[] bytes, long sinceNs) {
      this.section = section;
      this.whole = whole;
      this.bytes = bytes;
      this.sinceNs = sinceNs;
    }
  }

  private final URI address;
  private final MediaFetcher fetched;
  private final Findings findings;
  private final Map<String, Known> known = new LinkedHashMap<>();

  InitSections(URI address, MediaFetcher fetched, Findings findings) {
    this.address = address;
    this.fetched = fetched;
    this.findings = findings;
  }

  /** How many there were; more where a playlist names another one. */
  int met() {
    return known.size();
  }

  /** That of a segment of a playlist that came then; empty where it has none that can be read. */
  Optional<InitSection> of(Segment segment, long atNs) throws InterruptedException {
    if (segment.map().isEmpty()) {
      return Optional.empty();
    }
    String key = key(segment);
    Known found = known.get(key);
    if (found == null) {
      found = fetch(segment, atNs);
      known.put(key, found);
    }
    return found.section;
  }

  private static String key(Segment segment) {
    return segment.map() + "@" + segment.mapRange();
  }

  private Known fetch(Segment segment, long atNs) throws InterruptedException {
    Optional<byte[]> bytes =
        fetched.bytes(segment.map(), segment.mapRange(), Rule.HLS_SEGMENT_AVAILABLE);
    Optional<InitSection> section =
        bytes.flatMap(read -> InitSectionReader.read(read, segment.map(), findings));
    Optional<URI> whole =
        segment.mapRange().isEmpty() && bytes.isPresent()
            ? ServerProbes.resolve(address, segment.map())
            : Optional.empty();
    return new Known(section, whole, bytes.orElse(new byte[0]), atNs);
  }

  /** The formats of all segments that a playlist lists, which came then. */
  Formats listed(MediaPlaylist playlist, long atNs) throws InterruptedException {
    Map<String, Long> ends = new LinkedHashMap<>();
    long endNs = 0;
    int fetches = 0;
    for (Segment segment : playlist.segments()) {
      endNs += Math.max(0, segment.durationNs());
      if (segment.map().isEmpty() || segment.gap()) {
        continue;
      }
      boolean fetch = !known.containsKey(key(segment));
      if (!fetch || fetches++ < MAX_OF_A_VERSION) {
        of(segment, atNs);
        ends.put(key(segment), endNs);
      }
    }
    if (known.size() > MAX_KEPT) {
      known.keySet().retainAll(ends.keySet());
    }
    List<Formats.Listed> all = new ArrayList<>();
    ends.forEach(
        (key, end) -> {
          Known of = known.get(key);
          if (of == null) {
            return;
          }
          for (Track track : of.section.map(InitSection::tracks).orElse(List.of())) {
            all.add(new Formats.Listed(track, of.sinceNs, end));
          }
        });
    return new Formats(all, atNs, playlist.targetDurationNs(), playlist.ended());
  }

  /** Judges once more that they are what they were. */
  void finish() throws InterruptedException {
    for (Known each : known.values()) {
      if (each.whole.isEmpty()) {
        continue;
      }
      URI uri = each.whole.get();
      Optional<Answer> again = fetched.get(Ask.media(uri, WITHIN));
      if (again.isPresent() && again.get().status() == 200) {
        findings.check(
            Rule.CMAF_INIT_KEPT,
            Arrays.equals(again.get().body(), each.bytes),
            uri.toString(),
            "other bytes than before",
            "the same for ever: another init section has another address");
      }
    }
  }
}
