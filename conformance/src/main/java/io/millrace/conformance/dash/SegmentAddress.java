package io.millrace.conformance.dash;

import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Segment;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills in the addresses of a SegmentTemplate (ISO/IEC 23009-1 5.3.9.4.4). */
final class SegmentAddress {
  private SegmentAddress() {}

  /** That of an init section, by {@code initialization}. */
  static URI init(Representation representation, String pattern) {
    return of(representation, pattern, new Segment(0, 0, 0), 0);
  }

  /** That of a segment, or of one of its parts. */
  static URI of(Representation representation, String pattern, Segment segment, long part) {
    String path = pattern.replace("$RepresentationID$", representation.id());
    path = path.replace("$Bandwidth$", Long.toString(representation.bandwidth()));
    path = numbered(path, "Number", segment.number());
    path = numbered(path, "Time", segment.time());
    path = numbered(path, "SubNumber", part).replace("$$", "$");
    return MpdReader.resolve(representation.base(), path).orElse(representation.base());
  }

  private static String numbered(String path, String name, long value) {
    String replaced = path.replace("$" + name + "$", Long.toString(value));
    Matcher width = Pattern.compile("\\$" + name + "%0(\\d{1,2})d\\$").matcher(replaced);
    return width.replaceAll(
        match -> {
          String digits = Long.toString(value);
          int zeros = Integer.parseInt(match.group(1)) - digits.length();
          return "0".repeat(Math.max(0, zeros)) + digits;
        });
  }
}
