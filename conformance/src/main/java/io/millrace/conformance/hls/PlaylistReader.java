package io.millrace.conformance.hls;

import io.millrace.conformance.hls.MediaPlaylist.Hint;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Report;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.hls.MultivariantPlaylist.Rendition;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes values of playlists. Takes everything; what is wrong with it the rules say. */
final class PlaylistReader {
  private final PlaylistText text;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Hint> hints = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();

  // Of the segment that is being read.
  private List<Part> parts = new ArrayList<>();
  private long durationNs = -1;
  private boolean gap;
  private boolean discontinuity;
  private long utcNs = MediaPlaylist.NO_TIME;
  private String byteRange = "";

  // Of all that follow.
  private String map = "";
  private String mapRange = "";
  private boolean encrypted;
  private long discontinuities;

  private PlaylistReader(PlaylistText text) {
    this.text = text;
  }

  static MultivariantPlaylist multivariant(PlaylistText text) {
    List<Variant> variants = new ArrayList<>();
    List<Variant> iFrames = new ArrayList<>();
    List<Rendition> media = new ArrayList<>();
    List<Tag> lines = text.lines();
    for (int i = 0; i < lines.size(); i++) {
      Tag tag = lines.get(i);
      if (tag.name().equals("EXT-X-STREAM-INF")) {
        boolean follows = i + 1 < lines.size() && lines.get(i + 1).name().isEmpty();
        String uri = follows ? lines.get(i + 1).value() : "";
        variants.add(new Variant(tag.attributes(), uri, tag.line()));
      } else if (tag.name().equals("EXT-X-I-FRAME-STREAM-INF")) {
        Attributes of = tag.attributes();
        iFrames.add(new Variant(of, of.get("URI"), tag.line()));
      } else if (tag.name().equals("EXT-X-MEDIA")) {
        media.add(new Rendition(tag.attributes(), tag.line()));
      }
    }
    return new MultivariantPlaylist(
        text.tags(),
        (int) text.number("EXT-X-VERSION", 1),
        variants,
        iFrames,
        media,
        !text.tags("EXT-X-INDEPENDENT-SEGMENTS").isEmpty());
  }

  static MediaPlaylist media(PlaylistText text) {
    return new PlaylistReader(text).read();
  }

  private MediaPlaylist read() {
    long skipped = skip().map(skip -> skip.integer("SKIPPED-SEGMENTS").orElse(0)).orElse(-1L);
    long mediaSequence = text.number("EXT-X-MEDIA-SEQUENCE", 0);
    long discontinuitySequence = text.number("EXT-X-DISCONTINUITY-SEQUENCE", 0);
    long msn = mediaSequence + Math.max(0, skipped);
    for (Tag line : text.lines()) {
      if (line.name().isEmpty()) {
        segments.add(segment(msn++, line, discontinuitySequence));
      } else {
        take(line);
      }
    }
    if (!parts.isEmpty()) {
      durationNs = parts.stream().mapToLong(Part::durationNs).sum();
      segments.add(segment(msn, new Tag("", "", parts.getFirst().line()), discontinuitySequence));
    }
    return new MediaPlaylist(
        text.tags(),
        (int) text.number("EXT-X-VERSION", 1),
        (int) Math.min(Integer.MAX_VALUE, text.number("EXT-X-TARGETDURATION", -1)),
        attributes("EXT-X-PART-INF").secondsNs("PART-TARGET").orElse(-1L),
        attributes("EXT-X-SERVER-CONTROL"),
        mediaSequence,
        discontinuitySequence,
        has("EXT-X-INDEPENDENT-SEGMENTS"),
        has("EXT-X-ENDLIST"),
        skipped,
        segments,
        hints,
        reports,
        text.tags("EXT-X-DATERANGE"),
        text.lines().size());
  }

  private Optional<Attributes> skip() {
    return text.tags("EXT-X-SKIP").stream().findFirst().map(Tag::attributes);
  }

  private boolean has(String name) {
    return !text.tags(name).isEmpty();
  }

  private Attributes attributes(String name) {
    return text.tags(name).stream().findFirst().map(Tag::attributes).orElse(Attributes.none());
  }

  /** Makes the segment that the tags so far describe, and forgets what was for it alone. */
  private Segment segment(long msn, Tag uri, long discontinuitySequence) {
    Segment segment =
        new Segment(
            msn,
            uri.value(),
            durationNs,
            !uri.value().isEmpty(),
            gap,
            discontinuity,
            discontinuitySequence + discontinuities,
            utcNs,
            map,
            mapRange,
            byteRange,
            encrypted,
            parts,
            uri.line());
    parts = new ArrayList<>();
    durationNs = -1;
    gap = false;
    discontinuity = false;
    utcNs = MediaPlaylist.NO_TIME;
    byteRange = "";
    return segment;
  }

  private void take(Tag tag) {
    switch (tag.name()) {
      case "EXTINF" -> {
        int comma = tag.value().indexOf(',');
        String number = comma < 0 ? tag.value() : tag.value().substring(0, comma);
        durationNs = Attributes.secondsNsOf(number).orElse(-1L);
      }
      case "EXT-X-GAP" -> gap = true;
      case "EXT-X-DISCONTINUITY" -> {
        discontinuity = true;
        discontinuities++;
      }
      case "EXT-X-PROGRAM-DATE-TIME" -> utcNs = instantNs(tag.value());
      case "EXT-X-BYTERANGE" -> byteRange = tag.value();
      case "EXT-X-KEY" -> encrypted = !tag.attributes().get("METHOD").equals("NONE");
      case "EXT-X-MAP" -> {
        map = tag.attributes().get("URI");
        mapRange = tag.attributes().get("BYTERANGE");
      }
      case "EXT-X-PART" -> parts.add(part(tag));
      case "EXT-X-PRELOAD-HINT" -> {
        Attributes of = tag.attributes();
        boolean ranged = of.has("BYTERANGE-START") || of.has("BYTERANGE-LENGTH");
        boolean formed = (of.get("BYTERANGE-START") + of.get("BYTERANGE-LENGTH")).matches("[0-9]*");
        hints.add(new Hint(of.get("TYPE"), of.get("URI"), ranged, formed, tag.line()));
      }
      case "EXT-X-RENDITION-REPORT" -> {
        Attributes of = tag.attributes();
        reports.add(
            new Report(
                of.get("URI"),
                of.integer("LAST-MSN").orElse(-1),
                of.integer("LAST-PART").orElse(-1),
                tag.line()));
      }
      default -> {}
    }
  }

  private Part part(Tag tag) {
    Attributes of = tag.attributes();
    String range = of.get("BYTERANGE");
    if (range.matches("[0-9]{1,15}") && !parts.isEmpty()) {
      range += behind(parts.getLast());
    }
    return new Part(
        of.get("URI"),
        of.secondsNs("DURATION").orElse(-1L),
        of.isYes("INDEPENDENT"),
        of.isYes("GAP"),
        range,
        tag.line());
  }

  /** The offset of a part that says none: behind the one before (4.4.4.9). */
  private static String behind(Part before) {
    String[] range = before.byteRange().split("@", -1);
    return before.byteRange().matches("[0-9]{1,15}@[0-9]{1,15}")
        ? "@" + (Long.parseLong(range[0]) + Long.parseLong(range[1]))
        : "";
  }

  /** Of an ISO 8601 date and time; {@link MediaPlaylist#NO_TIME} where it is none. */
  static long instantNs(String text) {
    try {
      Instant instant =
          OffsetDateTime.parse(text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)") ? text : text + "Z")
              .toInstant();
      return ChronoUnit.NANOS.between(Instant.EPOCH, instant);
    } catch (DateTimeException | ArithmeticException e) {
      return MediaPlaylist.NO_TIME;
    }
  }
}
