package io.millrace.conformance;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The rules of DASH, each with a fault. */
final class DashCases {
  private static final long LATER_NS = 3 * FakeOrigin.SECOND_NS;

  private DashCases() {}

  static List<RuleCase> all() {
    return Stream.of(documents(), timelines(), server(), media()).flatMap(List::stream).toList();
  }

  private static RuleCase dash(Rule rule, Consumer<FakeOrigin> fault) {
    return new RuleCase(rule, Twin.DASH, fault);
  }

  private static RuleCase replaced(Rule rule, Twin twin, String regex, String by) {
    return new RuleCase(rule, twin, origin -> origin.mpd(regex, by));
  }

  private static RuleCase replaced(Rule rule, String regex, String by) {
    return replaced(rule, Twin.DASH, regex, by);
  }

  private static RuleCase later(Rule rule, Twin twin, String regex, String by) {
    return new RuleCase(
        rule,
        twin,
        origin ->
            origin.mpdEdits.add(
                (_, text) -> origin.sinceNs() > LATER_NS ? text.replaceAll(regex, by) : text));
  }

  private static RuleCase status(
      Rule rule, BiPredicate<FakeOrigin.Request, FakeOrigin> where, int status) {
    return dash(
        rule,
        origin ->
            origin.reply(
                (request, reply) -> {
                  if (where.test(request, origin)) {
                    reply.status = status;
                  }
                }));
  }

  private static boolean asks(FakeOrigin.Request request, String path) {
    return request.uri().getPath().endsWith(path);
  }

  private static List<RuleCase> documents() {
    return List.of(
        later(Rule.DASH_XML, Twin.DASH, "</MPD>", ""),
        dash(
            Rule.DASH_CONTENT_TYPE,
            origin -> origin.reply((_, reply) -> reply.headers.put("content-type", "text/xml"))),
        replaced(
            Rule.DASH_SCHEMA_ELEMENTS,
            "(<ServiceDescription.*/ServiceDescription>)((?s).*)(<UTC)",
            "$2$1$3"),
        replaced(
            Rule.DASH_SCHEMA_ELEMENTS,
            "(<SegmentTemplate[^>]*>)",
            "$1<FailoverContent valid=\"false\"/>"),
        replaced(Rule.DASH_SCHEMA_ATTRIBUTES, "wallClockTime=\"[^\"]*\"", ""),
        replaced(Rule.DASH_SCHEMA_ATTRIBUTES, "target=\"2000\"", "target=\"2 s\""),
        replaced(Rule.DASH_SCHEMA_ATTRIBUTES, "codecs=", "codec=\"x\" codecs="),
        replaced(
            Rule.DASH_STEERING,
            Twin.DASH_STEERED,
            "defaultServiceLocation=\"A\"",
            "defaultServiceLocation=\"C\""),
        replaced(Rule.DASH_SAR, Twin.DASH_ASPECT, " sar=\"4:3\"", ""),
        replaced(Rule.DASH_MPD, "minBufferTime=\"PT1S\"", ""),
        replaced(Rule.DASH_DYNAMIC, "publishTime=\"[^\"]*\"", ""),
        replaced(Rule.DASH_PERIOD_ID, "Period id=\"p0\"", "Period"),
        replaced(Rule.DASH_REPRESENTATION, "bandwidth=\"100000\"", ""),
        replaced(Rule.DASH_TEMPLATE, "\\$Number\\$", "1"),
        dash(
            Rule.DASH_OFFSET_ALL,
            origin ->
                origin.mpdEdits.add(
                    (_, text) -> text.replaceFirst("availabilityTimeOffset=\"1.5\"", ""))),
        replaced(Rule.DASH_OFFSET_INCOMPLETE, "availabilityTimeComplete=\"false\"", ""),
        replaced(Rule.DASH_UTC_TIMING, "<UTCTiming[^>]*>", ""),
        replaced(Rule.DASH_LATENCY, "<Latency target=\"2000\"/>", ""),
        replaced(Rule.DASH_CODECS, "avc1.64001F", "avc1.640028"),
        replaced(Rule.DASH_CODECS, Twin.AV1, "av01.0.05M", "av01.0.04M"),
        // What is over is described as what came after it.
        replaced(
            Rule.DASH_CODECS,
            Twin.DASH_NEW_FORMAT,
            "(?s)64001F(.{2})width=.1280(?=.*id=\"p1\")",
            "640028$1width=\"1920"),
        replaced(Rule.DASH_SEQUENCE, Twin.DASH_SEQUENCE, "k=\"4\"", ""));
  }

  private static List<RuleCase> timelines() {
    return List.of(
        replaced(Rule.DASH_UPDATE_PERIOD, Twin.DASH_TIMELINE, "minimumUpdatePeriod=\"PT1S\"", ""),
        replaced(Rule.DASH_S_ORDER, Twin.DASH_TIMELINE, "d=\"180000\"", "d=\"180001\""),
        replaced(Rule.DASH_S_CONTINUITY, Twin.DASH_TIMELINE, "d=\"180000\"", "d=\"179999\""),
        replaced(
            Rule.DASH_S_DURATION,
            Twin.DASH_TIMELINE,
            "maxSegmentDuration=\"PT2S\"",
            "maxSegmentDuration=\"PT1.9S\""),
        later(
            Rule.DASH_PUBLISH_TIME, Twin.DASH_TIMELINE, "publishTime=\"2026", "publishTime=\"2025"),
        later(
            Rule.DASH_START_KEPT,
            Twin.DASH_TIMELINE,
            "availabilityStartTime=\"2026",
            "availabilityStartTime=\"2025"),
        later(Rule.DASH_S_KEPT, Twin.DASH_TIMELINE, "d=\"180000\"", "d=\"180001\""),
        later(Rule.DASH_S_KEPT, Twin.DASH_OPEN, "d=\"180000\"", "d=\"180001\""),
        new RuleCase(
            Rule.DASH_SEGMENT_DURATION,
            Twin.DASH_TIMELINE,
            origin -> origin.chunk(CmafCases::halved)),
        new RuleCase(
            Rule.DASH_SEGMENT_DURATION, Twin.DASH_OPEN, origin -> origin.chunk(CmafCases::halved)),
        replaced(Rule.DASH_PATCH_ID, Twin.DASH_PATCHES, "id=\"live\"", ""),
        new RuleCase(
            Rule.DASH_PATCH,
            Twin.DASH_PATCHES,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (asks(request, "/patch")) {
                        String text = new String(reply.body, StandardCharsets.UTF_8);
                        FakeOrigin.text(reply, text.replace("d=\"96000\"", "d=\"95000\""));
                      }
                    })));
  }

  private static List<RuleCase> server() {
    return List.of(
        status(
            Rule.DASH_MPD_AVAILABLE,
            (request, origin) -> asks(request, ".mpd") && origin.sinceNs() > LATER_NS,
            500),
        status(Rule.DASH_UTC_ANSWER, (request, _) -> asks(request, "/time"), 500),
        dash(
            Rule.DASH_UTC_ERROR,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (asks(request, "/time")) {
                        FakeOrigin.text(reply, origin.wallClock().plusMillis(20).toString());
                      }
                    })),
        status(Rule.DASH_SEGMENT_AVAILABLE, (request, _) -> FakeDash.isMedia(request), 404),
        status(
            Rule.DASH_TOO_EARLY,
            (request, _) -> asks(request, ".m4s") && request.uri().getPath().startsWith("/dash"),
            200),
        dash(
            Rule.DASH_EDGE,
            origin ->
                origin.reply(
                    (_, reply) ->
                        reply.arrivals.replaceAll(
                            each -> new FakeOrigin.Arrival(each.bytes(), origin.nowNs())))),
        status(Rule.DASH_EDGE, (request, origin) -> FakeDash.isAhead(request, origin), 200),
        dash(Rule.DASH_FIRST_BYTE, origin -> delayed(origin, 0)),
        dash(Rule.DASH_CADENCE, origin -> delayed(origin, 1)));
  }

  /** Nothing comes but at the end from one chunk of a segment on. */
  private static void delayed(FakeOrigin origin, int from) {
    origin.reply(
        (_, reply) -> {
          for (int i = from; i < reply.arrivals.size(); i++) {
            reply.arrivals.set(
                i,
                new FakeOrigin.Arrival(
                    reply.arrivals.get(i).bytes(), reply.arrivals.getLast().atNs()));
          }
        });
  }

  private static List<RuleCase> media() {
    return List.of(
        dash(
            Rule.DASH_SEGMENT_TIME,
            origin -> origin.chunk((_, chunk) -> chunk.decodeTime += 180_000)),
        new RuleCase(
            Rule.DASH_SEGMENT_TIME,
            Twin.DASH_PERIODS,
            origin ->
                origin.chunk(
                    (place, chunk) -> chunk.decodeTime += place.msn() == 32 ? 180_000 : 0)),
        dash(Rule.DASH_START_WITH_SAP, origin -> origin.chunk(CmafCases::endless)),
        replaced(
            Rule.DASH_START_WITH_SAP,
            Twin.DASH_LEADING,
            "startWithSAP=\"2\"",
            "startWithSAP=\"1\""),
        dash(Rule.DASH_PRFT, origin -> origin.chunk((_, chunk) -> chunk.before = new byte[0])),
        dash(
            Rule.DASH_PRFT_DRIFT,
            origin ->
                origin.chunk(
                    (place, chunk) ->
                        chunk.before =
                            TestBoxes.prft(
                                FakeOrigin.EPOCH.plusSeconds(3 * place.msn()), chunk.decodeTime))),
        new RuleCase(
            Rule.DASH_SEQUENCE_PARTS,
            Twin.DASH_SEQUENCE,
            origin -> origin.chunk(CmafCases::halved)),
        new RuleCase(
            Rule.DASH_SEQUENCE_BYTES,
            Twin.DASH_SEQUENCES,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (FakeDash.isMedia(request) && !request.uri().getPath().contains("_")) {
                        reply.body = TestBoxes.join(reply.body, TestBoxes.box("free"));
                      }
                    })),
        new RuleCase(
            Rule.CMAF_SAME_BYTES,
            Twin.HLS_AND_DASH,
            origin ->
                origin.reply(
                    (request, reply) ->
                        reply.body =
                            FakeDash.isMedia(request)
                                ? TestBoxes.join(reply.body, TestBoxes.box("free"))
                                : reply.body)));
  }
}
