package io.millrace.conformance;

import static io.millrace.conformance.FakeOrigin.SECOND_NS;
import static io.millrace.conformance.RuleCase.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules of how playlists change and of what the server does, each with a fault. */
final class ServerCases {
  private static final long LATER_NS = 4 * SECOND_NS;

  private ServerCases() {}

  static List<RuleCase> all() {
    return Stream.of(updates(), directives(), media()).flatMap(List::stream).toList();
  }

  /** From some time on. */
  private static RuleCase later(Rule rule, String regex, String by) {
    return hls(
        rule,
        origin ->
            origin.playlist(
                (_, text) -> origin.sinceNs() > LATER_NS ? text.replaceAll(regex, by) : text));
  }

  private static RuleCase status(
      Rule rule, BiPredicate<FakeOrigin.Request, FakeOrigin> where, int status) {
    return hls(
        rule,
        origin ->
            origin.reply(
                (request, reply) -> {
                  if (where.test(request, origin)) {
                    reply.status = status;
                  }
                }));
  }

  /** Held for longer than it has to be. */
  private static RuleCase held(Rule rule, long moreNs) {
    return hls(
        rule,
        origin ->
            origin.reply(
                (request, reply) -> {
                  if (request.isPlaylist()
                      && request.query().contains("_HLS_part")
                      && origin.sinceNs() > LATER_NS) {
                    reply.atNs += moreNs;
                  }
                }));
  }

  private static List<RuleCase> updates() {
    return List.of(
        status(
            Rule.HLS_PLAYLIST_AVAILABLE,
            (request, origin) -> request.isPlaylist() && origin.sinceNs() > LATER_NS,
            500),
        later(Rule.HLS_TARGETDURATION_KEPT, "DURATION:2\n", "DURATION:3\n"),
        later(Rule.HLS_MEDIA_SEQUENCE, "MEDIA-SEQUENCE:\\d+", "MEDIA-SEQUENCE:1"),
        hls(
            Rule.HLS_MEDIA_SEQUENCE_JUMP,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() > LATER_NS
                            ? text.replaceAll("MEDIA-SEQUENCE:(\\d+)", "MEDIA-SEQUENCE:10$1")
                            : text)),
        later(Rule.HLS_APPEND_ONLY, "#EXTINF:2.00000", "#EXTINF:1.99000"),
        hls(
            Rule.HLS_PARTS_IN_ORDER,
            origin ->
                origin.playlist(
                    (_, text) -> origin.sinceNs() > LATER_NS ? withoutNewestParts(text) : text)),
        hls(
            Rule.HLS_LENGTH,
            origin ->
                origin.playlist(
                    (_, text) -> origin.sinceNs() > LATER_NS ? withTwoSegments(text) : text)),
        held(Rule.HLS_PART_PACE, SECOND_NS * 3 / 2),
        held(Rule.HLS_SEGMENT_PACE, 4 * SECOND_NS));
  }

  private static List<String> blocks(String text) {
    return new ArrayList<>(List.of(text.split("(?=#EXT-X-PROGRAM-DATE-TIME)")));
  }

  /** The newest whole segment's. */
  private static String withoutNewestParts(String text) {
    List<String> blocks = blocks(text);
    for (int i = blocks.size() - 1; i > 0; i--) {
      if (blocks.get(i).contains("#EXTINF")) {
        blocks.set(i, blocks.get(i).replaceAll("#EXT-X-PART:.*\n", ""));
        break;
      }
    }
    return String.join("", blocks);
  }

  private static String withTwoSegments(String text) {
    return shortened(text, 2);
  }

  /** With so many whole segments at the end. */
  static String shortened(String text, int segments) {
    List<String> blocks = blocks(text);
    int removed = 0;
    while (blocks.stream().filter(block -> block.contains("#EXTINF")).count() > segments) {
      blocks.remove(1);
      removed++;
    }
    int by = removed;
    return Pattern.compile("MEDIA-SEQUENCE:(\\d+)")
        .matcher(String.join("", blocks))
        .replaceAll(match -> "MEDIA-SEQUENCE:" + (Long.parseLong(match.group(1)) + by));
  }

  private static List<RuleCase> directives() {
    return List.of(
        hls(Rule.HLS_BLOCK_CONTAINS, origin -> origin.blocks = false),
        held(Rule.HLS_BLOCK_LIMIT, 8 * SECOND_NS),
        hls(
            Rule.HLS_BLOCK_STALL,
            Twin.STALLED,
            origin ->
                origin.reply(
                    (_, reply) -> {
                      if (reply.status == 503) {
                        reply.failure = "nothing within 18 s";
                        origin.nowNs += 18 * SECOND_NS;
                      }
                    })),
        hls(
            Rule.HLS_BLOCK_STALL,
            Twin.STALLED,
            origin -> {
              String[] last = {""};
              origin.playlist((_, text) -> last[0] = text);
              origin.reply(
                  (_, reply) -> {
                    if (reply.status == 503) {
                      reply.status = 200;
                      FakeOrigin.text(reply, last[0]);
                    }
                  });
            }),
        status(
            Rule.HLS_BLOCK_SEGMENT, (request, _) -> request.query().matches("_HLS_msn=\\d+"), 400),
        accepted(Rule.HLS_BLOCK_NUMBER, "_HLS_msn=(-1|\\d+&_HLS_part=x)"),
        accepted(Rule.HLS_BLOCK_FAR, "_HLS_msn=\\d+"),
        accepted(Rule.HLS_BLOCK_FAR_PART, "_HLS_msn=\\d+&_HLS_part=\\d+"),
        accepted(Rule.HLS_BLOCK_PART_ALONE, "_HLS_part=0"),
        hls(
            Rule.HLS_BLOCK_NUMBER,
            Twin.ENDING_WHILE_ASKED,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (request.query().equals("_HLS_msn=-1")) {
                        reply.status = 503;
                      }
                    })),
        status(Rule.HLS_BLOCK_OLD, (request, _) -> request.query().matches("_HLS_msn=\\d+"), 400),
        status(
            Rule.HLS_BLOCK_PAST_PART, (request, _) -> request.query().endsWith("_HLS_part=4"), 400),
        hls(
            Rule.HLS_SKIP_UNASKED,
            origin ->
                origin.playlist(
                    (request, text) ->
                        request.query().contains("_HLS_skip")
                            ? text
                            : text.replace(
                                "#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-MAP"))),
        hls(Rule.HLS_DELTA, origin -> origin.skips = false),
        hls(Rule.HLS_DELTA, origin -> origin.skipsWhileBlocking = false),
        hls(Rule.HLS_VERSION, origin -> origin.replace("VERSION:9", "VERSION:6")),
        hls(
            Rule.HLS_DELTA_NUMBER,
            origin -> origin.replace("SKIPPED-SEGMENTS=3", "SKIPPED-SEGMENTS=0")),
        hls(
            Rule.HLS_DELTA_BOUNDARY,
            origin -> origin.replace("SKIPPED-SEGMENTS=3", "SKIPPED-SEGMENTS=8")),
        // One that the open segment's parts alone take out of reach.
        hls(
            Rule.HLS_DELTA_BOUNDARY,
            origin -> origin.playlist((_, text) -> ServerCases.skippingOneMore(text))),
        hls(
            Rule.HLS_DELTA_DATERANGES,
            Twin.ADDED_DATERANGE,
            origin -> origin.playlist((_, text) -> Twin.withRange(text))),
        hls(
            Rule.HLS_DELTA_DATERANGES,
            Twin.ADDED_DATERANGE,
            origin ->
                origin.playlist(
                    (request, text) ->
                        request.query().endsWith("=v2")
                            ? text.replaceAll("#EXT-X-DATERANGE.*\n", "")
                            : text)),
        hls(
            Rule.HLS_DELTA_MERGE,
            origin ->
                origin.playlist(
                    (_, text) ->
                        text.contains("#EXT-X-SKIP")
                            ? text.replaceAll("#EXTINF:2.0", "#EXTINF:1.9")
                            : text)),
        hls(Rule.HLS_HINT_URI, origin -> origin.replace("TYPE=PART,URI=\"", "TYPE=PART,URI=\"./")),
        new RuleCase(
            Rule.HLS_HINT_ABANDONED,
            Twin.ENDING_SEGMENTS_LATE,
            origin -> origin.replace("TYPE=PART,URI=\"\\d+\\.0\\.m4s", "TYPE=PART,URI=\"0.9.m4s")),
        status(
            Rule.HLS_HINT_AVAILABLE,
            (request, origin) ->
                request.isPart() && request.uri().getPath().contains(nextPart(origin)),
            404),
        hls(
            Rule.HLS_HINT_WHOLE,
            origin ->
                origin.reply(
                    (request, reply) ->
                        reply.flowNs =
                            request.isPart() && reply.atNs > origin.nowNs() ? SECOND_NS / 2 : 0)),
        hls(
            Rule.HLS_HINT_LENGTH,
            origin -> origin.reply((_, reply) -> reply.headers.remove("content-length"))),
        hls(
            Rule.HLS_HINT_MAP,
            Twin.NEW_INIT,
            origin -> origin.replace("#EXT-X-PRELOAD-HINT:TYPE=MAP.*\n", "")),
        status(Rule.HLS_UNKNOWN, (request, _) -> request.uri().getPath().contains("never"), 200),
        hls(
            Rule.HLS_REPORT_TRUE,
            origin ->
                origin.playlist(
                    (_, text) ->
                        Pattern.compile("LAST-MSN=(\\d+)")
                            .matcher(text)
                            .replaceAll(
                                match -> "LAST-MSN=" + (Long.parseLong(match.group(1)) + 1)))));
  }

  private static String skippingOneMore(String text) {
    return text.replaceFirst(
        "(?s)SKIPPED-SEGMENTS=3(\n.*?)#EXT-X-PROGRAM-DATE-TIME.*?\\.m4s\n", "SKIPPED-SEGMENTS=4$1");
  }

  private static String nextPart(FakeOrigin origin) {
    long next = origin.partsAt(origin.nowNs());
    return "/%d.%d.".formatted(next / FakeOrigin.PARTS, next % FakeOrigin.PARTS);
  }

  /** Answered, where it has to be refused. */
  private static RuleCase accepted(Rule rule, String query) {
    return hls(
        rule,
        origin ->
            origin.reply(
                (request, reply) -> {
                  if (reply.status == 400 && request.query().matches(query)) {
                    reply.status = 200;
                  }
                }));
  }

  private static List<RuleCase> media() {
    return List.of(
        status(
            Rule.HLS_PART_AVAILABLE,
            (request, _) -> request.isPart() && request.msn() % 2 == 0,
            404),
        new RuleCase(
            Rule.HLS_PART_AVAILABLE,
            Twin.WITH_GAPS,
            origin -> origin.replace(",GAP=YES", "").reply(ServerCases::withoutGaps)),
        status(Rule.HLS_SEGMENT_AVAILABLE, (request, _) -> request.isSegment(), 404),
        status(
            Rule.HLS_PART_KEPT,
            (request, origin) -> request.isPart() && request.msn() < segments(origin) - 3,
            404),
        status(
            Rule.HLS_SEGMENT_KEPT,
            (request, origin) ->
                request.isSegment() && request.msn() < segments(origin) - FakeOrigin.WINDOW,
            404),
        hls(
            Rule.HLS_SEGMENT_PARTS,
            origin ->
                origin.reply(
                    (request, reply) ->
                        reply.body =
                            request.isSegment()
                                ? TestBoxes.join(reply.body, TestBoxes.box("free"))
                                : reply.body)));
  }

  private static void withoutGaps(FakeOrigin.Request request, FakeOrigin.Reply reply) {
    if (request.isPart() && request.msn() == 31) {
      reply.status = 404;
    }
  }

  private static long segments(FakeOrigin origin) {
    return origin.partsAt(origin.nowNs()) / FakeOrigin.PARTS;
  }
}
