package io.millrace.conformance;

import java.util.Arrays;

/** The same stream's playlist of I-frames: of each segment, the picture that it begins with. */
final class FakeIFrames {
  static final String PATH = "/live/v/iframes.m3u8";

  /** As much as holds the first sample of a segment. */
  private static final int PICTURE_BYTES = 460;

  private FakeIFrames() {}

  static String playlist(FakeOrigin origin, long timeNs) {
    long next = origin.partsAt(timeNs) / FakeOrigin.PARTS;
    long first = Math.max(0, next - FakeOrigin.WINDOW);
    StringBuilder text =
        new StringBuilder(
            """
            #EXTM3U
            #EXT-X-VERSION:5
            #EXT-X-I-FRAMES-ONLY
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0
            """);
    text.append("#EXT-X-MEDIA-SEQUENCE:%d\n#EXT-X-MAP:URI=\"init.mp4\"\n".formatted(first));
    for (long msn = first; msn < next; msn++) {
      text.append(
          "#EXT-X-PROGRAM-DATE-TIME:%s\n"
              .formatted(FakeOrigin.EPOCH.plusSeconds(2 * msn).toString().replace("Z", ".000Z")));
      text.append(
          "#EXTINF:2.00000,\n#EXT-X-BYTERANGE:%d@0\n%d.m4s\n".formatted(PICTURE_BYTES, msn));
    }
    return text.toString();
  }

  /** When a segment that is waited for is there. */
  static long atNs(FakeOrigin.Request request, long nowNs) {
    return Arrays.stream(request.query().split("&"))
        .filter(each -> each.startsWith("_HLS_msn="))
        .mapToLong(each -> Long.parseLong(each.substring("_HLS_msn=".length())))
        .map(msn -> (msn + 1) * FakeOrigin.PARTS * FakeOrigin.PART_NS)
        .map(atNs -> Math.max(atNs, nowNs))
        .findFirst()
        .orElse(nowNs);
  }
}
