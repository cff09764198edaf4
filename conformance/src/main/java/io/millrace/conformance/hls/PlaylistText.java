package io.millrace.conformance.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The lines of a playlist (RFC 8216bis 4.1), before anything is made of them.
 *
 * @param lines tags and URIs in order; a URI is a tag with an empty name
 * @param first the first line as it is
 */
record PlaylistText(List<Tag> lines, String first) {
  /** The tags of media playlists and segments (4.4.3, 4.4.4, and those of 4.4.5). */
  private static final Set<String> MEDIA_TAGS =
      Set.of(
          "EXT-X-TARGETDURATION",
          "EXT-X-MEDIA-SEQUENCE",
          "EXT-X-DISCONTINUITY-SEQUENCE",
          "EXT-X-ENDLIST",
          "EXT-X-PLAYLIST-TYPE",
          "EXT-X-I-FRAMES-ONLY",
          "EXT-X-PART-INF",
          "EXT-X-SERVER-CONTROL",
          "EXTINF",
          "EXT-X-BYTERANGE",
          "EXT-X-DISCONTINUITY",
          "EXT-X-KEY",
          "EXT-X-MAP",
          "EXT-X-PROGRAM-DATE-TIME",
          "EXT-X-GAP",
          "EXT-X-BITRATE",
          "EXT-X-PART");

  private static final Set<String> MULTIVARIANT_TAGS =
      Set.of(
          "EXT-X-MEDIA",
          "EXT-X-STREAM-INF",
          "EXT-X-I-FRAME-STREAM-INF",
          "EXT-X-SESSION-DATA",
          "EXT-X-SESSION-KEY",
          "EXT-X-CONTENT-STEERING");

  PlaylistText {
    lines = List.copyOf(lines);
  }

  static PlaylistText of(String text) {
    List<Tag> lines = new ArrayList<>();
    int number = 0;
    String first = "";
    for (String line : text.lines().toList()) {
      number++;
      if (number == 1) {
        first = line;
      }
      if (line.startsWith("#EXT")) {
        int colon = line.indexOf(':');
        lines.add(
            colon < 0
                ? new Tag(line.substring(1), "", number)
                : new Tag(line.substring(1, colon), line.substring(colon + 1), number));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        lines.add(new Tag("", line, number));
      }
    }
    return new PlaylistText(lines, first);
  }

  boolean hasMediaTags() {
    return lines.stream().anyMatch(tag -> MEDIA_TAGS.contains(tag.name()));
  }

  boolean hasMultivariantTags() {
    return lines.stream().anyMatch(tag -> MULTIVARIANT_TAGS.contains(tag.name()));
  }

  List<Tag> tags() {
    return lines.stream().filter(tag -> !tag.name().isEmpty()).toList();
  }

  List<Tag> tags(String name) {
    return lines.stream().filter(tag -> tag.name().equals(name)).toList();
  }

  /** The number that the first tag of a name says, a decimal-integer; {@code otherwise} without. */
  long number(String name, long otherwise) {
    return tags(name).stream()
        .findFirst()
        .map(tag -> Attributes.integerOf(tag.value()).orElse(otherwise))
        .orElse(otherwise);
  }
}
