package io.millrace.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The streams that are right in all, each one that some rules are about. */
enum Twin {
  AS_IT_IS,
  RANGED,
  WITH_HOLD_BACK,
  SKIPS_DATERANGES,
  WITH_DATERANGE,
  ADDED_DATERANGE,
  ENDING,
  ENDING_WHILE_ASKED,
  DISCONTINUOUS,
  ONCE_DISCONTINUOUS,
  DASH,
  DASH_TIMELINE,
  DASH_PATCHES,
  DASH_OPEN,
  DASH_PERIODS,
  DASH_NEW_FORMAT,
  DASH_LEADING,
  DASH_SEQUENCE,
  DASH_SEQUENCES,
  DASH_STEERED,
  DASH_ASPECT,
  HLS_AND_DASH,
  AV1,
  WITH_GAPS,
  MANY_ATTRIBUTES,
  I_FRAMES,
  COLOURED,
  WITH_INTERSTITIAL,
  WITH_START,
  NEW_INIT,
  NEW_FORMAT,
  STALLED,
  CACHED,
  PRIORITIZED,
  STEERED,
  ENDING_SEGMENTS_LATE;

  private static final long NEW_INIT_MSN = 32;

  /** A date range is added with the first part of that segment. */
  private static final long RANGE_MSN = 31;

  private static final Pattern SEQUENCE = Pattern.compile("MEDIA-SEQUENCE:(\\d+)");
  private static final Pattern SKIPPED = Pattern.compile("SKIPPED-SEGMENTS=(\\d+)");

  /** How long it is followed, for what it is about. */
  Duration length() {
    return Duration.ofSeconds(this == ADDED_DATERANGE ? 20 : 10);
  }

  List<URI> addresses() {
    return switch (this) {
      case DASH,
          DASH_TIMELINE,
          DASH_PATCHES,
          DASH_OPEN,
          DASH_PERIODS,
          DASH_NEW_FORMAT,
          DASH_LEADING,
          DASH_SEQUENCE,
          DASH_SEQUENCES,
          DASH_STEERED,
          DASH_ASPECT ->
          List.of(FakeOrigin.DASH);
      case HLS_AND_DASH, AV1 -> List.of(FakeOrigin.HLS, FakeOrigin.DASH);
      default -> List.of(FakeOrigin.HLS);
    };
  }

  FakeOrigin origin() {
    FakeOrigin origin = new FakeOrigin();
    switch (this) {
      case AS_IT_IS, DASH, HLS_AND_DASH -> {}
      case RANGED ->
          origin.playlist(
              (request, text) ->
                  text.replaceAll(
                      "#EXTINF:2.00000,\n",
                      "#EXTINF:2.00000,\n#EXT-X-BYTERANGE:%d@0\n"
                          .formatted(origin.segment(request.rendition(), 7).length)));
      case WITH_HOLD_BACK ->
          origin.replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.5,HOLD-BACK=6.0");
      case SKIPS_DATERANGES ->
          origin.replace("CAN-SKIP-UNTIL", "CAN-SKIP-DATERANGES=YES,CAN-SKIP-UNTIL");
      case WITH_DATERANGE ->
          origin.replace(
              "(#EXT-X-DISCONTINUITY-SEQUENCE:\\d+\n)",
              "$1#EXT-X-DATERANGE:ID=\"ad\",START-DATE=\"2026-05-01T10:01:04.000Z\",DURATION=10.0\n");
      case ADDED_DATERANGE -> {
        origin.replace("CAN-SKIP-UNTIL", "CAN-SKIP-DATERANGES=YES,CAN-SKIP-UNTIL");
        origin.playlist(
            (request, text) ->
                newest(text) < RANGE_MSN || (request.query().endsWith("=v2") && isLongAgo(text))
                    ? text
                    : withRange(text));
      }
      case ENDING -> origin.endsNs = 66 * FakeOrigin.SECOND_NS;
      case ENDING_WHILE_ASKED -> {
        String[] last = {""};
        origin.playlist((_, text) -> last[0] = text);
        origin.reply(
            (request, reply) -> {
              if (reply.status == 400 && request.query().equals("_HLS_msn=-1")) {
                reply.status = 200;
                FakeOrigin.text(reply, last[0] + "#EXT-X-ENDLIST\n");
              }
            });
      }
      case DISCONTINUOUS -> origin.discontinuityMsn = 32;
      case ONCE_DISCONTINUOUS -> origin.discontinuityMsn = 22;
      case AV1 -> {
        origin.multivariant("avc1.64001F", "av01.0.05M.08");
        origin.mpd("avc1.64001F", "av01.0.05M.08");
        origin.init(
            (rendition, init) -> {
              if (rendition.equals("v")) {
                init.sampleEntry = "av01";
                init.config = TestBoxes.box("av1C", TestBoxes.u32(0x8105_0C00L));
              }
            });
      }
      case WITH_GAPS -> {
        origin.gapMsn = 31;
        origin.replace("(31\\.[13]\\.m4s\"[^\n]*)\n", "$1,GAP=YES\n");
      }
      case MANY_ATTRIBUTES ->
          origin
              .multivariant("VERSION:6", "VERSION:12")
              .multivariant("NAME=", "LANGUAGE=\"en\",STABLE-RENDITION-ID=\"a\",NAME=")
              .multivariant("(#EXT-X-MEDIA:.*)(\"audio\")(.*\n)", "$1$2$3$1\"other\"$3")
              .multivariant(
                  "RATE=30.000",
                  "RATE=30.000,VIDEO-RANGE=SDR,HDCP-LEVEL=TYPE-0,SCORE=1.5,CLOSED-CAPTIONS=NONE,"
                      + "STABLE-VARIANT-ID=\"v\",REQ-VIDEO-LAYOUT=\"CH-STEREO/PROJ-RECT\","
                      + "SUPPLEMENTAL-CODECS=\"dva1.09.04/db2g\"");
      case WITH_INTERSTITIAL ->
          origin.replace(
              "(#EXT-X-DISCONTINUITY-SEQUENCE:\\d+\n)",
              "$1#EXT-X-DATERANGE:ID=\"ad\",CLASS=\"com.apple.hls.interstitial\",CUE=\"ONCE\","
                  + "START-DATE=\"2026-05-01T10:01:04.000Z\",DURATION=10.0,X-RESUME-OFFSET=0,"
                  + "X-ASSET-URI=\"https://ads.test/1.m3u8\",X-RESTRICT=\"SKIP,JUMP\"\n");
      case WITH_START ->
          origin.replace("(#EXT-X-TARGETDURATION:2\n)", "$1#EXT-X-START:TIME-OFFSET=-4.0\n");
      case NEW_INIT -> newInit(origin);
      case NEW_FORMAT -> {
        newInit(origin);
        origin.init(
            (rendition, init) ->
                init.behindConfig = rendition.equals("v") ? TestBoxes.colr(1) : new byte[0]);
        origin.reply(
            (request, reply) -> {
              if (request.isInit() && request.query().equals("2")) {
                reply.body = origin.newInit(request.rendition());
              }
            });
        origin.multivariantEdits.add((_, text) -> described(text, origin));
      }
      case STALLED -> origin.stallsNs = 64 * FakeOrigin.SECOND_NS;
      case CACHED ->
          origin.reply(
              (_, reply) -> {
                reply.headers.put("via", "1.1 cache");
                reply.headers.put("age", "0");
              });
      case PRIORITIZED ->
          origin.reply(
              (request, reply) ->
                  reply.headers.put(
                      "priority", request.uri().getPath().endsWith(".m3u8") ? "u=1, i" : "u=3"));
      case STEERED ->
          origin
              .multivariant(
                  "(#EXT-X-VERSION:6\n)",
                  "$1#EXT-X-CONTENT-STEERING:SERVER-URI=\"steer\",PATHWAY-ID=\"A\"\n")
              .multivariant("FRAME-RATE", "PATHWAY-ID=\"A\",FRAME-RATE");
      case DASH_STEERED ->
          origin
              .mpd(
                  "(<ServiceDescription id=\"0\">)",
                  "<BaseURL serviceLocation=\"A\">./</BaseURL>$1")
              .mpd(
                  "(</ServiceDescription>)",
                  "$1<ContentSteering defaultServiceLocation=\"A\">steer</ContentSteering>");
      case DASH_ASPECT ->
          origin
              .mpd("height=\"720\"", "height=\"720\" sar=\"4:3\"")
              .init(
                  (_, init) ->
                      init.behindConfig =
                          TestBoxes.box("pasp", TestBoxes.u32(4), TestBoxes.u32(3)));
      case DASH_SEQUENCES -> origin.dash.sequences = true;
      case I_FRAMES ->
          origin.multivariant(
              "\\z",
              "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,CODECS=\"avc1.64001F\","
                  + "RESOLUTION=1280x720,URI=\"v/iframes.m3u8\"\n");
      case COLOURED ->
          origin
              .multivariant("1280x720", "1707x720,VIDEO-RANGE=PQ")
              .init(
                  (_, init) ->
                      init.behindConfig =
                          TestBoxes.join(
                              TestBoxes.box("pasp", TestBoxes.u32(4), TestBoxes.u32(3)),
                              TestBoxes.box(
                                  "colr",
                                  TestBoxes.text("nclx"),
                                  TestBoxes.u16(9),
                                  TestBoxes.u16(16),
                                  TestBoxes.u16(9),
                                  TestBoxes.u8(0))));
      // With its last part alone a segment is not known to be whole.
      case ENDING_SEGMENTS_LATE -> {
        origin.segmentsLate = true;
        origin.replace("#EXTINF:2.00000,\n\\d+\\.m4s\n(#EXT-X-PRELOAD-HINT)", "$1");
      }
      case DASH_TIMELINE -> origin.dash.timeline = true;
      case DASH_PATCHES -> {
        origin.dash.timeline = true;
        origin.dash.patches = true;
      }
      case DASH_OPEN -> {
        origin.dash.timeline = true;
        origin.dash.open = true;
      }
      case DASH_PERIODS -> {
        origin.dash.timeline = true;
        origin.dash.secondPeriodMsn = 31;
      }
      case DASH_NEW_FORMAT -> {
        origin.dash.timeline = true;
        origin.dash.secondPeriodMsn = 31;
        origin.dash.newFormat = true;
      }
      case DASH_LEADING -> {
        origin.dash.startWithSap = 2;
        origin.chunk(Twin::leading);
      }
      case DASH_SEQUENCE -> origin.dash.sequence = true;
    }
    return origin;
  }

  /** The first two pictures of a segment are shown in the other order. */
  private static void leading(FakeOrigin.Place place, TestBoxes.Chunk chunk) {
    if (place.rendition().equals("v") && place.part() == 0) {
      chunk.samples.get(0).compositionOffset = 3_000;
      chunk.samples.get(1).compositionOffset = -3_000;
    }
  }

  /** The number of the newest segment that a playlist lists, also of one that is open. */
  private static long newest(String text) {
    long dated = text.split("#EXT-X-PROGRAM-DATE-TIME", -1).length - 1L;
    return number(SEQUENCE, text) + number(SKIPPED, text) + dated - 1;
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  /** Whether the last whole segment ends later than 12 s after the range was added. */
  private static boolean isLongAgo(String text) {
    boolean open = !text.substring(text.lastIndexOf("#EXT-X-PROGRAM-DATE-TIME")).contains("EXTINF");
    return newest(text) - (open ? 1 : 0) > RANGE_MSN + 5;
  }

  static String withRange(String text) {
    return newest(text) < RANGE_MSN || text.contains("#EXT-X-DATERANGE")
        ? text
        : text.replaceFirst(
            "(#EXT-X-DISCONTINUITY-SEQUENCE:\\d+\n)",
            "$1#EXT-X-DATERANGE:ID=\"ad\",START-DATE=\"2026-05-01T10:01:02.000Z\","
                + "DURATION=60.0\n");
  }

  /** From a discontinuity on with another init section, at another address. */
  private static void newInit(FakeOrigin origin) {
    origin.discontinuityMsn = NEW_INIT_MSN;
    origin.replace("(#EXT-X-DISCONTINUITY\n)", "$1#EXT-X-MAP:URI=\"init.mp4?2\"\n");
    origin.replace("(SEQUENCE:1\n#EXT-X-MAP:URI=\"init.mp4)\"", "$1?2\"");
    origin.replace(
        "(#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"32\\.0\\.m4s\"\n)",
        "$1#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"init.mp4?2\"\n");
  }

  /** What the multivariant playlist says of the formats that are listed. */
  private static String described(String text, FakeOrigin origin) {
    long parts = origin.partsAt(origin.nowNs());
    boolean isNewListed = parts > NEW_INIT_MSN * FakeOrigin.PARTS;
    boolean isOldListed = parts / FakeOrigin.PARTS - FakeOrigin.WINDOW < NEW_INIT_MSN;
    String both = isOldListed ? "avc1.64001F,avc1.640028" : "avc1.640028";
    return isNewListed
        ? text.replace("avc1.64001F", both).replace("1280x720", "1920x720,VIDEO-RANGE=PQ")
        : text;
  }
}
