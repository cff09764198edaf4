package io.millrace.conformance;

import static io.millrace.conformance.RuleCase.hls;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules of what playlists say, each with a fault. */
final class HlsCases {
  private static final String DATE = "#EXT-X-PROGRAM-DATE-TIME:(\\S+)\n";
  private static final String FIRST_SEQUENCE = "(#EXT-X-DISCONTINUITY-SEQUENCE:\\d+\n)";

  private HlsCases() {}

  static List<RuleCase> all() {
    return Stream.of(texts(), segments(), parts(), dates(), ends(), presentation())
        .flatMap(List::stream)
        .toList();
  }

  private static RuleCase replaced(Rule rule, String regex, String by) {
    return hls(rule, origin -> origin.replace(regex, by));
  }

  /** In the audio rendition's playlist alone. */
  private static RuleCase inAudio(Rule rule, String regex, String by) {
    return hls(
        rule,
        origin ->
            origin.playlist(
                (request, text) ->
                    request.rendition().equals("a") ? text.replaceAll(regex, by) : text));
  }

  static String dated(String text, UnaryOperator<Instant> change) {
    return Pattern.compile(DATE)
        .matcher(text)
        .replaceAll(
            match ->
                "#EXT-X-PROGRAM-DATE-TIME:"
                    + change
                        .apply(Instant.parse(match.group(1)))
                        .toString()
                        .replaceFirst("(:\\d\\d)Z", "$1.000Z")
                    + "\n");
  }

  /** Every other segment's. */
  static UnaryOperator<Instant> everyOther(long ms) {
    return date -> date.getEpochSecond() % 4 == 0 ? date.plusMillis(ms) : date;
  }

  private static List<RuleCase> texts() {
    return List.of(
        replaced(Rule.HLS_EXTM3U, "^#EXTM3U\n", ""),
        replaced(Rule.HLS_UTF8, "#EXT-X-TARGETDURATION", "#\u0007\n#EXT-X-TARGETDURATION"),
        hls(
            Rule.HLS_CONTENT_TYPE,
            origin ->
                origin
                    .multivariant("v/index.m3u8", "v/playlist")
                    .reply((_, reply) -> reply.headers.put("content-type", "text/plain"))),
        replaced(
            Rule.HLS_MIXED,
            "(#EXT-X-TARGETDURATION)",
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\"\n$1"),
        replaced(Rule.HLS_ONCE, "(#EXT-X-TARGETDURATION:2\n)", "$1$1"),
        replaced(Rule.HLS_ATTRIBUTES, ",INDEPENDENT=YES", ", INDEPENDENT=YES"),
        hls(
            Rule.HLS_GZIP,
            origin -> origin.reply((_, reply) -> reply.headers.remove("content-encoding"))),
        hls(Rule.HLS_HTTP_2, origin -> origin.reply((_, reply) -> reply.version = "HTTP/1.1")),
        hls(
            Rule.HLS_MEDIA_REDIRECT,
            origin ->
                origin.reply((request, reply) -> reply.redirects = request.isMedia() ? 1 : 0)),
        hls(
            Rule.HLS_RANGES,
            Twin.RANGED,
            origin ->
                origin.reply(
                    (request, reply) -> reply.status = request.isSegment() ? 200 : reply.status)),
        hls(
            Rule.HTTP_CORS,
            origin ->
                origin.reply((_, reply) -> reply.headers.remove("access-control-allow-origin"))),
        hls(
            Rule.HTTP_CACHE_CONTROL,
            origin -> origin.reply((_, reply) -> reply.headers.remove("cache-control"))),
        hls(
            Rule.HTTP_CORS_EXPOSE,
            origin ->
                origin.reply(
                    (_, reply) -> reply.headers.put("access-control-expose-headers", "Age"))),
        hls(
            Rule.HTTP_CORS_EXPOSE_MEDIA,
            origin ->
                origin.reply(
                    (_, reply) ->
                        reply.headers.put(
                            "access-control-expose-headers", "Age, Date, Content-Length"))),
        hls(
            Rule.HLS_AGE,
            Twin.CACHED,
            origin -> origin.reply((_, reply) -> reply.headers.remove("age"))),
        hls(
            Rule.HLS_PRIORITY,
            Twin.PRIORITIZED,
            origin ->
                origin.reply(
                    (_, reply) -> reply.headers.computeIfPresent("priority", (_, _) -> "u=3"))),
        hls(
            Rule.HLS_CACHE_LIFETIME,
            origin -> origin.reply((_, reply) -> reply.headers.put("cache-control", "max-age=2"))),
        hls(
            Rule.HLS_MEDIA_TYPE,
            origin ->
                origin.reply(
                    (request, reply) ->
                        reply.headers.computeIfPresent(
                            "content-type", (_, type) -> request.isMedia() ? "text/html" : type))),
        hls(
            Rule.HTTP_ANSWERS,
            origin ->
                origin.reply(
                    (request, reply) -> reply.failure = request.isSegment() ? "more bytes" : "")));
  }

  private static List<RuleCase> segments() {
    return List.of(
        replaced(Rule.HLS_VERSION, "EXT-X-VERSION:6", "EXT-X-VERSION:5"),
        replaced(Rule.HLS_VERSION_NEEDED, "EXT-X-VERSION:6", "EXT-X-VERSION:12"),
        replaced(Rule.HLS_TARGETDURATION, "#EXT-X-TARGETDURATION:2\n", ""),
        replaced(
            Rule.HLS_PLAYLIST_TYPE,
            "(#EXT-X-TARGETDURATION:2\n)",
            "$1#EXT-X-PLAYLIST-TYPE:EVENT\n"),
        replaced(Rule.HLS_EXTINF, "#EXTINF:2.00000,\n", ""),
        replaced(Rule.HLS_EXTINF_TARGET, "#EXTINF:2.0", "#EXTINF:2.6"),
        replaced(Rule.HLS_EXTINF_DECIMALS, "#EXTINF:2.00000", "#EXTINF:2"),
        hls(Rule.HLS_BYTERANGE, Twin.RANGED, origin -> origin.replace("@0\n", "\n")),
        hls(
            Rule.HLS_BYTERANGE,
            Twin.RANGED,
            origin -> origin.replace("(URI=\"init.mp4\")", "$1,BYTERANGE=\"9\"")),
        hls(
            Rule.HLS_BYTERANGE,
            Twin.RANGED,
            origin -> origin.replace("(PART:DURATION=0.50000,)", "$1BYTERANGE=\"9\",")),
        replaced(Rule.HLS_MAP, "#EXT-X-MAP:.*\n", ""),
        hls(Rule.HLS_START, Twin.WITH_START, origin -> origin.replace("=-4.0\n", "=-1.0\n")),
        hls(
            Rule.HLS_SIX_SEGMENTS,
            origin -> origin.playlist((_, text) -> ServerCases.shortened(text, 5))),
        hls(
            Rule.HLS_DISCONTINUITY_SEQUENCE_TAG,
            Twin.DISCONTINUOUS,
            origin -> origin.replace(FIRST_SEQUENCE, "")),
        hls(Rule.HLS_EXTINF_SUM, origin -> origin.replace("#EXTINF:2.00000", "#EXTINF:2.01000")),
        hls(
            Rule.HLS_SEQUENCE_FIRST,
            origin ->
                origin.playlist(
                    (_, text) ->
                        text.replaceAll(FIRST_SEQUENCE, "") + "#EXT-X-DISCONTINUITY-SEQUENCE:0\n")),
        hls(
            Rule.HLS_HOLD_BACK,
            Twin.WITH_HOLD_BACK,
            origin -> origin.replace(",HOLD-BACK=6.0", ",HOLD-BACK=5.9")),
        replaced(Rule.HLS_CAN_SKIP_UNTIL, "CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=11.9"),
        hls(
            Rule.HLS_CAN_SKIP_DATERANGES,
            Twin.SKIPS_DATERANGES,
            origin -> origin.replace(",CAN-SKIP-UNTIL=12.0", "")));
  }

  private static List<RuleCase> parts() {
    return List.of(
        replaced(Rule.HLS_PART_HOLD_BACK, "PART-HOLD-BACK=1.5", "PART-HOLD-BACK=0.9"),
        replaced(Rule.HLS_PART_HOLD_BACK_THREE, "PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.4"),
        replaced(Rule.HLS_PART_INF, "#EXT-X-PART-INF:.*\n", ""),
        replaced(Rule.HLS_PART_ATTRIBUTES, "PART:DURATION=0.50000,", "PART:"),
        replaced(Rule.HLS_PART_DURATION, "PART:DURATION=0.50000", "PART:DURATION=0.50001"),
        replaced(
            Rule.HLS_PART_SHORT,
            "DURATION=0.50000,URI=\"(\\d+).1.m4s\"",
            "DURATION=0.42000,URI=\"$1.1.m4s\""),
        replaced(Rule.HLS_PART_SUM, "#EXTINF:2.0", "#EXTINF:1.9"),
        replaced(
            Rule.HLS_TAGS_BEFORE_PARTS,
            "(#EXT-X-PART:DURATION=0.50000,URI=\"\\d+\\.1\\.m4s\")",
            "#EXT-X-MAP:URI=\"init.mp4\"\n$1"),
        replaced(
            Rule.HLS_PARTS_REMOVED,
            "(TIME:.*\n)(#EXTINF:2.00000,\n)(\\d+)(\\.m4s\n)",
            "$1#EXT-X-PART:DURATION=0.50000,URI=\"$3.0.m4s\",INDEPENDENT=YES\n$2$3$4"),
        replaced(
            Rule.HLS_I_FRAMES_PARTS, "(#EXT-X-TARGETDURATION:2\n)", "$1#EXT-X-I-FRAMES-ONLY\n"),
        replaced(Rule.HLS_HINT_ATTRIBUTES, "TYPE=PART", "TYPE=BOOK"),
        replaced(Rule.HLS_HINT_ATTRIBUTES, "TYPE=PART,", "TYPE=PART,BYTERANGE-START=x,"),
        replaced(Rule.HLS_HINT_ONE, "(#EXT-X-PRELOAD-HINT.*\n)", "$1$1"),
        replaced(Rule.HLS_HINT_PART, "#EXT-X-PRELOAD-HINT.*\n", ""),
        replaced(Rule.HLS_REPORT_ATTRIBUTES, ",LAST-PART=\\d+", ""));
  }

  private static List<RuleCase> dates() {
    return List.of(
        replaced(Rule.HLS_PROGRAM_DATE_TIME, DATE, ""),
        replaced(Rule.HLS_DATE_FORM, "\\.000Z\n", "Z\n"),
        hls(
            Rule.HLS_DATE_AMBIGUOUS,
            origin -> origin.playlist((_, text) -> dated(text, everyOther(-1_500)))),
        hls(
            Rule.HLS_DATE_SUM,
            origin -> origin.playlist((_, text) -> dated(text, everyOther(100)))),
        hls(
            Rule.HLS_DATE_AFTER_DISCONTINUITY,
            Twin.DISCONTINUOUS,
            origin ->
                origin.replace("(#EXT-X-DISCONTINUITY\n)#EXT-X-PROGRAM-DATE-TIME:.*\n", "$1")),
        hls(Rule.HLS_DATERANGE_DATES, Twin.WITH_DATERANGE, origin -> origin.replace(DATE, "")),
        hls(
            Rule.HLS_DATERANGE_ATTRIBUTES,
            Twin.WITH_DATERANGE,
            origin -> origin.replace("START-DATE=\"[^\"]*\",", "")),
        hls(
            Rule.HLS_DATERANGE_SAME,
            Twin.WITH_DATERANGE,
            origin ->
                origin.replace(
                    "(#EXT-X-DATERANGE.*\n)", "$1#EXT-X-DATERANGE:ID=\"ad\",DURATION=11.0\n")),
        hls(
            Rule.HLS_DATERANGE_ATTRIBUTES,
            Twin.WITH_INTERSTITIAL,
            origin -> origin.replace("\"ONCE\"", "\"PRE,POST\"")),
        hls(
            Rule.HLS_DATERANGE_SAME,
            Twin.WITH_DATERANGE,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() > 4 * FakeOrigin.SECOND_NS
                            ? text.replace("DURATION=10.0", "DURATION=11.0")
                            : text)),
        hls(
            Rule.HLS_INTERSTITIAL,
            Twin.WITH_INTERSTITIAL,
            origin -> origin.replace("https://ads.test/", "/ads/")),
        hls(
            Rule.HLS_INTERSTITIAL,
            Twin.WITH_INTERSTITIAL,
            origin -> origin.replace("SKIP,JUMP", "SEEK")),
        hls(
            Rule.HLS_DATERANGE_KEPT,
            Twin.WITH_DATERANGE,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() > 4 * FakeOrigin.SECOND_NS
                            ? text.replaceAll("#EXT-X-DATERANGE.*\n", "")
                            : text)));
  }

  private static List<RuleCase> ends() {
    return List.of(
        hls(
            Rule.HLS_HINT_ENDED,
            Twin.ENDING,
            origin ->
                origin.replace(
                    "(#EXT-X-ENDLIST\n)", "$1#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"x\"\n")),
        hls(
            Rule.HLS_ENDED_WHOLE,
            Twin.ENDING,
            origin -> origin.replace("#EXTINF:2.00000,\n\\d+\\.m4s\n(#EXT-X-ENDLIST\n)", "$1")),
        hls(
            Rule.HLS_ENDED_WAKES,
            Twin.ENDING,
            origin -> {
              origin.endsNs = 62 * FakeOrigin.SECOND_NS;
              origin.reply(
                  (request, reply) -> {
                    if (reply.atNs >= origin.endsNs
                        && origin.nowNs() < origin.endsNs
                        && request.query().contains("_HLS_msn")) {
                      reply.status = 503;
                      reply.atNs = origin.nowNs() + 6 * FakeOrigin.SECOND_NS;
                    }
                  });
            }),
        hls(
            Rule.HLS_ENDED_DIRECTIVES,
            Twin.ENDING,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (origin.nowNs() >= origin.endsNs && request.query().contains("_HLS_msn")) {
                        reply.status = 400;
                      }
                    })));
  }

  private static List<RuleCase> presentation() {
    return List.of(
        inAudio(Rule.HLS_TARGETDURATION_SAME, "DURATION:2\n", "DURATION:3\n"),
        inAudio(Rule.HLS_SERVER_CONTROL_SAME, "PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.6"),
        inAudio(Rule.HLS_PART_HOLD_BACK_ALL, "PART-TARGET=0.5", "PART-TARGET=0.55"),
        replaced(Rule.HLS_REPORT_EACH, "#EXT-X-RENDITION-REPORT.*\n", ""),
        hls(
            Rule.HLS_DATERANGES_SAME,
            Twin.WITH_DATERANGE,
            origin ->
                origin.playlist(
                    (request, text) ->
                        text.replace("ID=\"ad\"", "ID=\"" + request.rendition() + "\""))),
        inAudio(Rule.HLS_DATES_ALL, DATE, ""),
        hls(Rule.HLS_DATES_CONSISTENT, origin -> shiftAudio(origin, 200)),
        inAudio(Rule.HLS_DISCONTINUITY_SAME, FIRST_SEQUENCE, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n"),
        hls(
            Rule.HLS_SKEW,
            origin ->
                origin.chunk(
                    (place, chunk) ->
                        chunk.decodeTime += place.rendition().equals("a") ? 9_600 : 0)),
        hls(Rule.HLS_IN_SYNC, origin -> shiftAudio(origin, 2_000)),
        hls(
            Rule.HLS_DISCONTINUITY_NUMBERS,
            Twin.ONCE_DISCONTINUOUS,
            origin -> origin.replace(FIRST_SEQUENCE, "#EXT-X-DISCONTINUITY-SEQUENCE:0\n")),
        hls(
            Rule.HLS_INDEPENDENT_KEPT,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() > 4 * FakeOrigin.SECOND_NS
                            ? text.replaceAll("#EXT-X-INDEPENDENT-SEGMENTS\n", "")
                            : text)),
        hls(
            Rule.HLS_CONTROL_KEPT,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() > 4 * FakeOrigin.SECOND_NS
                            ? text.replaceAll("PART-HOLD-BACK=[0-9.]+", "PART-HOLD-BACK=1.50000")
                            : text)),
        hls(
            Rule.HLS_DISCONTINUITY_SEQUENCE,
            origin ->
                origin.playlist(
                    (_, text) ->
                        origin.sinceNs() < 4 * FakeOrigin.SECOND_NS
                            ? text.replaceAll(FIRST_SEQUENCE, "#EXT-X-DISCONTINUITY-SEQUENCE:5\n")
                            : text)));
  }

  private static void shiftAudio(FakeOrigin origin, long ms) {
    origin.playlist(
        (request, text) ->
            request.rendition().equals("a") ? dated(text, date -> date.plusMillis(ms)) : text);
  }
}
