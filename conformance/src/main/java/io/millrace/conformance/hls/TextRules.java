package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** Judges how a playlist is written and sent (RFC 8216bis 4, 4.1, 4.2, 4.4; 6.2.1). */
final class TextRules {
  private static final Set<String> WITH_ATTRIBUTES =
      Set.of(
          "EXT-X-DEFINE",
          "EXT-X-START",
          "EXT-X-PART-INF",
          "EXT-X-SERVER-CONTROL",
          "EXT-X-KEY",
          "EXT-X-MAP",
          "EXT-X-PART",
          "EXT-X-DATERANGE",
          "EXT-X-SKIP",
          "EXT-X-PRELOAD-HINT",
          "EXT-X-RENDITION-REPORT",
          "EXT-X-MEDIA",
          "EXT-X-STREAM-INF",
          "EXT-X-I-FRAME-STREAM-INF",
          "EXT-X-SESSION-DATA",
          "EXT-X-SESSION-KEY",
          "EXT-X-CONTENT-STEERING");

  private static final Set<String> ONCE =
      Set.of(
          "EXTM3U",
          "EXT-X-VERSION",
          "EXT-X-INDEPENDENT-SEGMENTS",
          "EXT-X-START",
          "EXT-X-TARGETDURATION",
          "EXT-X-MEDIA-SEQUENCE",
          "EXT-X-DISCONTINUITY-SEQUENCE",
          "EXT-X-ENDLIST",
          "EXT-X-PLAYLIST-TYPE",
          "EXT-X-I-FRAMES-ONLY",
          "EXT-X-PART-INF",
          "EXT-X-SERVER-CONTROL",
          "EXT-X-SKIP",
          "EXT-X-CONTENT-STEERING");

  private TextRules() {}

  static void check(Answer answer, PlaylistText text, Findings findings) {
    String address = answer.uri().toString();
    findings.check(
        Rule.HLS_EXTM3U,
        text.first().equals("#EXTM3U"),
        address + " line 1",
        text.first(),
        "#EXTM3U");
    findings.check(
        Rule.HLS_UTF8,
        isCleanUtf8(answer.body()),
        address,
        "other bytes",
        "UTF-8, no BOM, no controls");
    String path = answer.uri().getPath() == null ? "" : answer.uri().getPath();
    String type = answer.header("content-type").replaceFirst(";.*", "").strip();
    findings.check(
        Rule.HLS_CONTENT_TYPE,
        path.endsWith(".m3u8")
            || path.endsWith(".m3u")
            || type.equals("application/vnd.apple.mpegurl")
            || type.equals("audio/mpegurl"),
        address,
        "Content-Type " + type,
        "application/vnd.apple.mpegurl, or a path that ends with .m3u8");
    findings.check(
        Rule.HLS_MIXED,
        !(text.hasMediaTags() && text.hasMultivariantTags()),
        address,
        "tags of media and multivariant playlists",
        "those of one");
    Set<String> seen = new HashSet<>();
    for (Tag tag : text.tags()) {
      String at = address + " line " + tag.line();
      if (ONCE.contains(tag.name())) {
        findings.check(
            Rule.HLS_ONCE,
            seen.add(tag.name()),
            () -> at,
            () -> "another " + tag.name(),
            () -> "one in a playlist");
      }
      if (WITH_ATTRIBUTES.contains(tag.name())) {
        String problem = tag.attributes().problem();
        findings.check(
            Rule.HLS_ATTRIBUTES,
            problem.isEmpty(),
            () -> at,
            () -> "%s: %s".formatted(tag.name(), problem),
            () -> "NAME=value, by commas, each name once, no whitespace");
      }
    }
  }

  private static boolean isCleanUtf8(byte[] body) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return text.chars()
          .noneMatch(
              c -> c == 0xFEFF || (c < 0x20 && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F));
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
