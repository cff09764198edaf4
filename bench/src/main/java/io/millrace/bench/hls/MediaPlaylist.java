package io.millrace.bench.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds a media playlist as a viewer sees it.
 *
 * @param mediaSequence EXT-X-MEDIA-SEQUENCE
 * @param segments complete segments, in order
 * @param parts the listed parts, in order; those of the open segment at the end
 * @param discontinuities EXT-X-DISCONTINUITY tags listed
 * @param discontinuitySequence EXT-X-DISCONTINUITY-SEQUENCE
 * @param ended whether ENDLIST is there
 */
public record MediaPlaylist(
    long mediaSequence,
    List<Segment> segments,
    List<Part> parts,
    int discontinuities,
    long discontinuitySequence,
    Optional<String> mapUri,
    boolean ended) {

  /** A complete segment. {@code seconds} is its EXTINF. */
  public record Segment(long msn, double seconds, String uri) {}

  /** A listed part. {@code seconds} is its DURATION. */
  public record Part(long msn, int part, double seconds, boolean independent, String uri) {}

  private static final Pattern URI = Pattern.compile("URI=\"([^\"]*)\"");
  private static final Pattern DURATION = Pattern.compile("DURATION=([0-9.]+)");

  public MediaPlaylist {
    segments = List.copyOf(segments);
    parts = List.copyOf(parts);
  }

  /** The number of the segment after the last complete one. */
  public long openMsn() {
    return mediaSequence + segments.size();
  }

  /** Reads a playlist without EXT-X-SKIP. */
  public static MediaPlaylist parse(String text) {
    Parser parser = new Parser();
    text.lines().forEach(parser::line);
    return parser.playlist();
  }

  private static final class Parser {
    private final List<Segment> segments = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private long mediaSequence;
    private long discontinuitySequence;
    private int discontinuities;
    private int partsOfOpen;
    private double seconds = -1;
    private Optional<String> mapUri = Optional.empty();
    private boolean ended;

    private void line(String line) {
      if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
        mediaSequence = Long.parseLong(value(line));
      } else if (line.startsWith("#EXT-X-DISCONTINUITY-SEQUENCE:")) {
        discontinuitySequence = Long.parseLong(value(line));
      } else if (line.equals("#EXT-X-DISCONTINUITY")) {
        discontinuities++;
      } else if (line.startsWith("#EXT-X-MAP:")) {
        mapUri = Optional.of(find(URI, line));
      } else if (line.startsWith("#EXT-X-PART:")) {
        parts.add(
            new Part(
                mediaSequence + segments.size(),
                partsOfOpen++,
                Double.parseDouble(find(DURATION, line)),
                line.contains("INDEPENDENT=YES"),
                find(URI, line)));
      } else if (line.startsWith("#EXTINF:")) {
        seconds = Double.parseDouble(value(line).replace(",", ""));
      } else if (line.equals("#EXT-X-ENDLIST")) {
        ended = true;
      } else if (!line.startsWith("#") && !line.isBlank()) {
        segments.add(new Segment(mediaSequence + segments.size(), seconds, line));
        partsOfOpen = 0;
      }
    }

    private MediaPlaylist playlist() {
      return new MediaPlaylist(
          mediaSequence, segments, parts, discontinuities, discontinuitySequence, mapUri, ended);
    }

    private static String value(String line) {
      return line.substring(line.indexOf(':') + 1).trim();
    }

    private static String find(Pattern pattern, String line) {
      Matcher matcher = pattern.matcher(line);
      if (!matcher.find()) {
        throw new IllegalArgumentException("no " + pattern + " in: " + line);
      }
      return matcher.group(1);
    }
  }
}
