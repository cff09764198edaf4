package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.mp4.Codecs;
import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSection.Track;
import io.millrace.conformance.mp4.InitSectionReader;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches the init sections that Representations name, each once, and judges what each version of
 * an MPD says of all that it names, also in Periods that are over (ISO/IEC 23009-1 5.3.7.2). May be
 * used by many threads.
 */
final class InitSections {
  /** Of what is named no longer, no more is kept. */
  private static final int MAX_KEPT = 64;

  /** An MPD with more is judged so far. */
  private static final int MAX_OF_AN_MPD = 64;

  /** What one address gave. */
  private static final class Known {
    private final Optional<InitSection> section;
    private final byte[] bytes;

    Known(Optional<InitSection> section, byte[] bytes) {
      this.section = section;
      this.bytes = bytes;
    }
  }

  private final DashFetcher fetched;
  private final Findings findings;
  private final Map<URI, Known> known = new LinkedHashMap<>();

  InitSections(DashFetcher fetched, Findings findings) {
    this.fetched = fetched;
    this.findings = findings;
  }

  /** That of a Representation; empty where it has none that can be read. */
  synchronized Optional<InitSection> of(Representation representation) throws InterruptedException {
    if (representation.template().isEmpty()) {
      return Optional.empty();
    }
    URI uri = SegmentAddress.init(representation, representation.template().get().initialization());
    Known found = known.get(uri);
    if (found == null) {
      Optional<byte[]> bytes = fetched.bytes(uri);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      found = new Known(InitSectionReader.read(bytes.get(), uri.toString(), findings), bytes.get());
      known.put(uri, found);
    }
    return found.section;
  }

  /** Judges all Representations of a version. */
  synchronized void check(Mpd mpd) throws InterruptedException {
    Set<URI> named = new HashSet<>();
    for (Representation each : mpd.representations().stream().limit(MAX_OF_AN_MPD).toList()) {
      each.template().ifPresent(t -> named.add(SegmentAddress.init(each, t.initialization())));
      Optional<Track> track = of(each).map(section -> section.tracks().getFirst());
      if (track.isPresent()) {
        check(each, track.get());
      }
    }
    if (known.size() > MAX_KEPT) {
      known.keySet().retainAll(named);
    }
  }

  private void check(Representation representation, Track track) {
    findings.check(
        Rule.DASH_CODECS,
        Codecs.names(representation.codecs(), track.codecs())
            && (!track.isVideo()
                || (representation.width() == track.width()
                    && representation.height() == track.height())),
        "Representation " + representation.key(),
        "codecs %s, %dx%d"
            .formatted(representation.codecs(), representation.width(), representation.height()),
        "%s, %dx%d, as the init section says"
            .formatted(track.codecs(), track.width(), track.height()));
    if (track.isVideo()) {
      aspect(representation, track);
    }
  }

  private void aspect(Representation representation, Track track) {
    String sar = representation.sar().isEmpty() ? "1:1" : representation.sar();
    String[] terms = sar.split(":", -1);
    boolean formed = sar.matches("[0-9]{1,9}:[0-9]{1,9}");
    findings.check(
        Rule.DASH_SAR,
        formed
            && Long.parseLong(terms[0]) * track.aspectHeight()
                == Long.parseLong(terms[1]) * track.aspectWidth(),
        "Representation " + representation.key(),
        "sar \"%s\"".formatted(representation.sar()),
        "%d:%d, as the init section says".formatted(track.aspectWidth(), track.aspectHeight()));
  }

  /** Judges once more that they are what they were. */
  synchronized void finish() throws InterruptedException {
    for (Map.Entry<URI, Known> each : known.entrySet()) {
      Optional<Answer> again = fetched.get(each.getKey());
      if (again.isPresent() && again.get().status() == 200) {
        findings.check(
            Rule.CMAF_INIT_KEPT,
            Arrays.equals(again.get().body(), each.getValue().bytes),
            each.getKey().toString(),
            "other bytes than before",
            "the same for ever: another init section has another address");
      }
    }
  }
}
