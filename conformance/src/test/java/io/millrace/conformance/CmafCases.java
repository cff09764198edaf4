package io.millrace.conformance;

import static io.millrace.conformance.RuleCase.hls;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** The rules of boxes and samples, each with a fault. */
final class CmafCases {
  private static final long NON_SYNC = 0x0101_0000L;

  private CmafCases() {}

  private static RuleCase chunk(Rule rule, BiConsumer<FakeOrigin.Place, TestBoxes.Chunk> fault) {
    return hls(rule, origin -> origin.chunk(fault));
  }

  private static boolean startsVideo(FakeOrigin.Place place) {
    return place.rendition().equals("v") && place.part() == 0;
  }

  /** Without the keyframe that a segment begins with. */
  static void endless(FakeOrigin.Place place, TestBoxes.Chunk chunk) {
    if (startsVideo(place)) {
      chunk.samples.getFirst().flags = NON_SYNC;
      chunk.samples.getFirst().data = chunk.samples.getLast().data;
    }
  }

  static void halved(FakeOrigin.Place place, TestBoxes.Chunk chunk) {
    if (place.part() == 3) {
      chunk.samples.forEach(sample -> sample.duration /= 2);
    }
  }

  static List<RuleCase> all() {
    return List.of(
        chunk(Rule.HLS_EXTINF_MEDIA, CmafCases::halved),
        chunk(Rule.HLS_PART_MEDIA, CmafCases::halved),
        hls(Rule.HLS_INDEPENDENT, origin -> origin.replace(",INDEPENDENT=YES", "")),
        hls(
            Rule.HLS_INDEPENDENT_TRUE,
            origin -> origin.replace("(\\.1\\.m4s\")\n", "$1,INDEPENDENT=YES\n")),
        chunk(Rule.HLS_INDEPENDENT_SEGMENTS, CmafCases::endless),
        hls(
            Rule.CMAF_BOXES,
            origin -> origin.bytes((_, bytes) -> Arrays.copyOf(bytes, bytes.length - 1))),
        hls(Rule.CMAF_BRAND, origin -> origin.init((_, init) -> init.brand = "isom")),
        hls(Rule.CMAF_ONE_TRACK, origin -> origin.init((_, init) -> init.tracks = 2)),
        chunk(Rule.CMAF_TRACK_ID, (_, chunk) -> chunk.trackId = 7),
        chunk(Rule.CMAF_DEFAULT_BASE_IS_MOOF, (_, chunk) -> chunk.tfhdFlags = 1),
        chunk(Rule.CMAF_TFDT, (_, chunk) -> chunk.tfdt = false),
        chunk(Rule.CMAF_TFDT_VERSION, (_, chunk) -> chunk.tfdtVersion = 0),
        hls(
            Rule.CMAF_SEGMENT_HEADER,
            origin ->
                origin.bytes(
                    (place, bytes) -> TestBoxes.join(origin.init(place.rendition()), bytes))),
        chunk(Rule.CMAF_DATA_OFFSET, (_, chunk) -> chunk.dataOffset = -20),
        chunk(Rule.CMAF_SAMPLE_SIZES, (_, chunk) -> chunk.behindSamples = new byte[4]),
        chunk(
            Rule.CMAF_DECODE_TIMES,
            (place, chunk) -> chunk.decodeTime += place.part() == 2 ? 1 : 0),
        chunk(Rule.CMAF_SEQUENCE_NUMBERS, (_, chunk) -> chunk.sequenceNumber = 1),
        chunk(
            Rule.CMAF_PRESENTATION_OVERLAP,
            (place, chunk) ->
                chunk.samples.getLast().compositionOffset = place.part() == 3 ? 9_000 : 0),
        chunk(Rule.CMAF_SEGMENT_STARTS_SYNC, CmafCases::endless),
        chunk(Rule.CMAF_SEGMENT_BRANDS, CmafCases::endless),
        // A playlist that does not claim independence is right by HLS, its segments are not CMAF.
        hls(
            Rule.CMAF_SEGMENT_STARTS_SYNC,
            origin ->
                origin
                    .replace("#EXT-X-INDEPENDENT-SEGMENTS\n", "")
                    .replace("(\\.0\\.m4s\"),INDEPENDENT=YES", "$1")
                    .chunk(CmafCases::endless)),
        chunk(
            Rule.CMAF_NAL_UNITS,
            (place, chunk) ->
                chunk.samples.getLast().data[3] = (byte) (startsVideo(place) ? 5 : 4)),
        chunk(
            Rule.CMAF_SYNC_SAMPLE,
            (place, chunk) ->
                chunk.samples.getFirst().flags = startsVideo(place) ? NON_SYNC : 0x0200_0000L),
        chunk(
            Rule.CMAF_PARAMETER_SETS,
            (place, chunk) -> {
              TestBoxes.Sample first = chunk.samples.getFirst();
              if (startsVideo(place)) {
                byte[] set = TestBoxes.join(TestBoxes.u32(4), TestBoxes.u32(0x6700_0000L));
                first.data = TestBoxes.join(set, first.data);
              }
            }),
        hls(
            Rule.CMAF_INIT_KEPT,
            origin ->
                origin.init(
                    (_, init) ->
                        init.width = origin.sinceNs() > 6 * FakeOrigin.SECOND_NS ? 640 : 1280)));
  }
}
