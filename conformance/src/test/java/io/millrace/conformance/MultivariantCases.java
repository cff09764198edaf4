package io.millrace.conformance;

import static io.millrace.conformance.RuleCase.hls;

import java.util.List;
import java.util.stream.Stream;

/** The rules of what a multivariant playlist says and names, each with a fault. */
final class MultivariantCases {
  private static final String IFRAMES = "#EXT-X-I-FRAMES-ONLY\n";

  private MultivariantCases() {}

  static List<RuleCase> all() {
    return Stream.of(variants(), renditions(), attributes(), iFrames(), media())
        .flatMap(List::stream)
        .toList();
  }

  private static RuleCase replaced(Rule rule, String regex, String by) {
    return replaced(rule, Twin.AS_IT_IS, regex, by);
  }

  private static RuleCase replaced(Rule rule, Twin twin, String regex, String by) {
    return hls(rule, twin, origin -> origin.multivariant(regex, by));
  }

  private static List<RuleCase> variants() {
    return List.of(
        replaced(Rule.HLS_STREAM_INF_URI, "\nv/index.m3u8\n", "\n"),
        replaced(Rule.HLS_STREAM_INF_BANDWIDTH, "INF:BANDWIDTH=900000,", "INF:"),
        replaced(Rule.HLS_STREAM_INF_AVERAGE, "AVERAGE-BANDWIDTH=800000,", ""),
        replaced(Rule.HLS_STREAM_INF_AVERAGE, "=800000", "=900001"),
        replaced(Rule.HLS_STREAM_INF_CODECS, "CODECS=\"[^\"]*\",", ""),
        replaced(Rule.HLS_STREAM_INF_RESOLUTION, ",RESOLUTION=1280x720", ""),
        replaced(Rule.HLS_STREAM_INF_FRAME_RATE, ",FRAME-RATE=30.000", ""),
        replaced(Rule.HLS_STREAM_INF_FRAME_RATE, "=30.000", "=29.9997"),
        replaced(Rule.HLS_STREAM_INF_GROUP, ",AUDIO=\"audio\"", ",AUDIO=\"sound\""),
        replaced(Rule.HLS_CODECS, "mp4a.40.2", "mp4a.40.5"),
        replaced(Rule.HLS_CODECS, "avc1.64001F", "avc1.64001"),
        replaced(Rule.HLS_CODECS, Twin.AV1, "av01.0.05M", "av01.0.04M"),
        replaced(Rule.HLS_CODECS, Twin.AV1, "av01.0.05M", "av01.1.05M"),
        replaced(Rule.HLS_CODECS, Twin.NEW_FORMAT, "avc1.64001F,avc1.640028", "avc1.640028"),
        replaced(Rule.HLS_CODECS, Twin.NEW_FORMAT, "avc1.64001F,avc1.640028", "avc1.64001F"),
        replaced(Rule.HLS_RESOLUTION, "1280x720", "1920x1080"),
        replaced(Rule.HLS_RESOLUTION, Twin.NEW_FORMAT, "1920x720", "1280x720"),
        replaced(Rule.HLS_VIDEO_RANGE, Twin.NEW_FORMAT, ",VIDEO-RANGE=PQ", ""),
        replaced(Rule.HLS_BANDWIDTH, "=900000", "=1000"),
        replaced(
            Rule.HLS_INDEPENDENT_ONCE, "(#EXT-X-VERSION:6\n)", "$1#EXT-X-INDEPENDENT-SEGMENTS\n"));
  }

  private static List<RuleCase> renditions() {
    return List.of(
        replaced(Rule.HLS_MEDIA_ATTRIBUTES, "NAME=\"Sound\",", ""),
        replaced(Rule.HLS_MEDIA_ATTRIBUTES, "DEFAULT=YES", "DEFAULT=YES,FORCED=NO"),
        replaced(Rule.HLS_MEDIA_NAME, "(#EXT-X-MEDIA:.*\n)", "$1$1"),
        replaced(Rule.HLS_MEDIA_CHANNELS, ",CHANNELS=\"2\"", ""),
        replaced(Rule.HLS_MEDIA_DEFAULT, "AUTOSELECT=YES", "AUTOSELECT=NO"),
        replaced(Rule.HLS_MEDIA_LANGUAGE, Twin.MANY_ATTRIBUTES, "LANGUAGE=\"en\"", "LANGUAGE=\"\""),
        replaced(
            Rule.HLS_MEDIA_GROUPS,
            Twin.MANY_ATTRIBUTES,
            "(\"other\",.*)NAME=\"Sound\"",
            "$1NAME=\"Noise\""));
  }

  private static List<RuleCase> attributes() {
    return Stream.of(
            replaced(
                Rule.HLS_STREAM_INF_VIDEO_RANGE, Twin.MANY_ATTRIBUTES, "RANGE=SDR", "RANGE=HDR"),
            replaced(Rule.HLS_STREAM_INF_HDCP_LEVEL, Twin.MANY_ATTRIBUTES, "TYPE-0", "TYPE-2"),
            replaced(Rule.HLS_STREAM_INF_SCORE, Twin.MANY_ATTRIBUTES, "SCORE=1.5", "SCORE=0"),
            replaced(
                Rule.HLS_STREAM_INF_SUPPLEMENTAL, Twin.MANY_ATTRIBUTES, "dva1.09.04", "dvh1.09.04"),
            replaced(
                Rule.HLS_STREAM_INF_VIDEO_LAYOUT,
                Twin.MANY_ATTRIBUTES,
                "CH-STEREO/PROJ-RECT",
                "CH-STEREO/CH-MONO"),
            replaced(
                Rule.HLS_STREAM_INF_VIDEO_LAYOUT_PLAIN,
                Twin.MANY_ATTRIBUTES,
                "CH-STEREO/PROJ-RECT",
                "CH-MONO"),
            replaced(
                Rule.HLS_STREAM_INF_CAPTIONS,
                Twin.MANY_ATTRIBUTES,
                "CAPTIONS=NONE",
                "CAPTIONS=\"cc\""),
            replaced(
                Rule.HLS_STABLE_ID, Twin.MANY_ATTRIBUTES, "VARIANT-ID=\"v\"", "VARIANT-ID=\"v!\""),
            replaced(
                Rule.HLS_STABLE_ID,
                Twin.MANY_ATTRIBUTES,
                "RENDITION-ID=\"a\"",
                "RENDITION-ID=\"a b\""),
            replaced(Rule.HLS_VERSION, Twin.MANY_ATTRIBUTES, "VERSION:12", "VERSION:11"))
        .toList();
  }

  private static List<RuleCase> iFrames() {
    return List.of(
        replaced(Rule.HLS_STEERING, Twin.STEERED, "SERVER-URI=\"steer\",", ""),
        replaced(Rule.HLS_STEERING, Twin.STEERED, "(steer\",PATHWAY-ID=)\"A\"", "$1\"C\""),
        replaced(Rule.HLS_I_FRAME_INF, Twin.I_FRAMES, "BANDWIDTH=90000,", "FRAME-RATE=1.000,"),
        hls(
            Rule.HLS_I_FRAMES_ONLY,
            Twin.I_FRAMES,
            origin -> origin.iFrames((_, text) -> text.replace(IFRAMES, ""))),
        hls(
            Rule.HLS_I_FRAMES_MEDIA,
            Twin.I_FRAMES,
            origin -> origin.iFrames((_, text) -> text.replaceAll("(\\d+)(\\.m4s)", "$1.1$2"))),
        hls(
            Rule.HLS_I_FRAMES_BLOCK,
            Twin.I_FRAMES,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (request.uri().getPath().equals(FakeIFrames.PATH)) {
                        reply.status = request.query().isEmpty() ? 200 : 400;
                      }
                    })),
        hls(
            Rule.HLS_TARGETDURATION_SAME,
            Twin.I_FRAMES,
            origin -> origin.iFrames((_, text) -> text.replace("DURATION:2\n", "DURATION:3\n"))),
        hls(
            Rule.HLS_SERVER_CONTROL_SAME,
            Twin.I_FRAMES,
            origin -> origin.iFrames((_, text) -> text.replace("=1.5", "=1.6"))));
  }

  private static List<RuleCase> media() {
    return List.of(
        hls(Rule.HLS_VIDEO_RANGE, Twin.COLOURED, origin -> origin.multivariant("=PQ", "=HLG")),
        hls(
            Rule.HLS_RESOLUTION,
            Twin.COLOURED,
            origin -> origin.multivariant("1707x720", "1706x720")));
  }
}
