package io.millrace.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The same stream in DASH: its MPD, patches, clock, and segments that grow while they are sent. */
final class FakeDash {
  private static final String NAMESPACE = "xmlns=\"urn:mpeg:dash:schema:mpd:2011\"";
  private static final Pattern MEDIA = Pattern.compile("/dash/([va])/(\\d+)(?:_(\\d+))?\\.m4s");

  private final FakeOrigin origin;

  /** Segments by SegmentTimeline, or by number and duration. */
  boolean timeline;

  boolean patches;

  /** The segment that is being made is listed, with the longest that it may become. */
  boolean open;

  /** A second Period begins with that segment. */
  long secondPeriodMsn = Long.MAX_VALUE;

  /** The second Period has another picture, and another init section. */
  boolean newFormat;

  /** What the AdaptationSet of video says of how its segments begin. */
  int startWithSap = 1;

  /** Parts of segments with addresses of their own. */
  boolean sequence;

  /** Those next to the segments, in AdaptationSets of their own. */
  boolean sequences;

  FakeDash(FakeOrigin origin) {
    this.origin = origin;
  }

  static boolean isMedia(FakeOrigin.Request request) {
    return MEDIA.matcher(request.uri().getPath()).matches();
  }

  /** Whether a segment is asked for that does not even begin with the next part. */
  static boolean isAhead(FakeOrigin.Request request, FakeOrigin origin) {
    Matcher media = MEDIA.matcher(request.uri().getPath());
    return media.matches()
        && Long.parseLong(media.group(2)) * FakeOrigin.PARTS > origin.partsAt(origin.nowNs());
  }

  void answer(FakeOrigin.Request request, FakeOrigin.Reply reply) {
    String path = request.uri().getPath();
    Matcher media = MEDIA.matcher(path);
    long parts = origin.partsAt(origin.nowNs());
    if (path.equals("/dash/manifest.mpd")) {
      text(reply, FakeOrigin.edited(origin.mpdEdits, request, mpd(parts / FakeOrigin.PARTS)));
    } else if (path.equals("/dash/patch") && !request.query().equals(from(parts))) {
      text(reply, patch(request.query(), parts / FakeOrigin.PARTS));
    } else if (path.equals("/dash/time")) {
      text(reply, origin.wallClock().plusNanos(500_000).toString());
    } else if (path.matches("/dash/[va]/init.mp4")) {
      reply.body = origin.init(path.substring(6, 7));
    } else if (path.matches("/dash/[va]/init2.mp4")) {
      reply.body = origin.newInit(path.substring(6, 7));
    } else if (media.matches()) {
      media(reply, media, parts);
    } else {
      reply.status = 404;
    }
  }

  private static void text(FakeOrigin.Reply reply, String text) {
    reply.body = text.getBytes(StandardCharsets.UTF_8);
    reply.headers.put("content-type", "application/dash+xml");
  }

  private static String from(long parts) {
    return "from=" + parts / FakeOrigin.PARTS;
  }

  private static String published(long segments) {
    return FakeOrigin.EPOCH.plusSeconds(2 * segments).toString();
  }

  private String mpd(long segments) {
    String head =
        """
        <?xml version="1.0"?>
        <MPD %s id="live" type="dynamic" profiles="urn:mpeg:dash:profile:isoff-live:2011"
            availabilityStartTime="%s" publishTime="%s" minimumUpdatePeriod="PT1S"
            minBufferTime="PT1S" maxSegmentDuration="%s">
          %s
          <ServiceDescription id="0"><Latency target="2000"/></ServiceDescription>
        """
            .formatted(
                NAMESPACE,
                FakeOrigin.EPOCH,
                timeline ? published(segments) : published(0),
                open ? "PT2.5S" : "PT2S",
                patches ? "<PatchLocation>patch?from=%d</PatchLocation>".formatted(segments) : "");
    long first = timeline ? Math.max(0, segments - FakeOrigin.WINDOW) : 0;
    long end = open ? segments + 1 : segments;
    StringBuilder mpd = new StringBuilder(head);
    if (first < secondPeriodMsn) {
      mpd.append(period("p0", 0, first, Math.min(end, secondPeriodMsn)));
    }
    if (end > secondPeriodMsn) {
      mpd.append(period("p1", secondPeriodMsn, Math.max(first, secondPeriodMsn), end));
    }
    return mpd.append(
            """
              <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-xsdate:2014" value="time"/>
            </MPD>
            """)
        .toString();
  }

  private String period(String id, long startMsn, long first, long end) {
    StringBuilder period =
        new StringBuilder("<Period id=\"%s\" start=\"PT%dS\">".formatted(id, 2 * startMsn));
    for (boolean inParts : sequences ? new boolean[] {false, true} : new boolean[] {sequence}) {
      String picture =
          newFormat && startMsn > 0
              ? "avc1.640028\" width=\"1920\" height=\"720"
              : "avc1.64001F\" width=\"1280\" height=\"720";
      period.append(set("v", 90_000, picture, inParts, startMsn, first, end));
      period.append(set("a", 48_000, "mp4a.40.2", inParts, startMsn, first, end));
    }
    return period.append("</Period>").toString();
  }

  private String set(
      String id,
      long timescale,
      String codecs,
      boolean inParts,
      long startMsn,
      long first,
      long end) {
    String low =
        "availabilityTimeOffset=\"%s\" availabilityTimeComplete=\"false\""
            .formatted(open ? "2.5" : "1.5");
    String template =
        "<SegmentTemplate timescale=\"%d\" startNumber=\"%d\" presentationTimeOffset=\"%d\" initialization=\"%s\" media=\"%s\" %s %s>%s</SegmentTemplate>"
            .formatted(
                timescale,
                first,
                2 * startMsn * timescale,
                id + (newFormat && startMsn > 0 ? "/init2.mp4" : "/init.mp4"),
                id + "/$Number$" + (inParts ? "_$SubNumber$.m4s\" k=\"4" : ".m4s"),
                timeline ? "" : "duration=\"%d\"".formatted(2 * timescale),
                timeline && !open ? "" : low,
                timeline ? entries(timescale, first, end) : "");
    int setId = id.equals("v") ? 1 : 2;
    boolean second = sequences && inParts;
    String of =
        "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:ssr:2023\" value=\"%d\"/>".formatted(setId);
    return """
    <AdaptationSet id="%d" mimeType="video/mp4" startWithSAP="%d">
      %s
      <ProducerReferenceTime id="0" inband="true" wallClockTime="%s" presentationTime="0"/>
      %s
      <Representation id="%s" bandwidth="100000" codecs="%s"/>
    </AdaptationSet>
    """
        .formatted(
            second ? 2 + setId : setId,
            id.equals("v") ? startWithSap : 1,
            second ? of : "",
            FakeOrigin.EPOCH,
            template,
            second ? id + "s" : id,
            codecs);
  }

  private String entries(long timescale, long first, long end) {
    StringBuilder entries = new StringBuilder("<SegmentTimeline>");
    for (long msn = first; msn < end; msn++) {
      boolean last = open && msn == end - 1;
      entries.append(
          "<S t=\"%d\" d=\"%d\"/>"
              .formatted(msn * 2 * timescale, last ? timescale * 5 / 2 : 2 * timescale));
    }
    return entries.append("</SegmentTimeline>").toString();
  }

  private String patch(String query, long segments) {
    long old = Long.parseLong(query.substring("from=".length()));
    StringBuilder patch =
        new StringBuilder(
            "<Patch xmlns=\"urn:mpeg:dash:schema:mpd-patch:2020\" mpdId=\"live\" originalPublishTime=\"%s\" publishTime=\"%s\">"
                .formatted(published(old), published(segments)));
    patch.append("<replace sel=\"/MPD/@publishTime\">%s</replace>".formatted(published(segments)));
    patch.append(
        "<replace sel=\"/MPD/PatchLocation\"><PatchLocation %s>patch?from=%d</PatchLocation></replace>"
            .formatted(NAMESPACE, segments));
    long first = Math.max(0, segments - FakeOrigin.WINDOW);
    for (int set = 1; set <= 2; set++) {
      String at = "/MPD/Period[@id='p0']/AdaptationSet[%d]/SegmentTemplate/".formatted(set);
      long timescale = set == 1 ? 90_000 : 48_000;
      patch.append("<replace sel=\"%s@startNumber\">%d</replace>".formatted(at, first));
      for (long gone = old; gone < segments; gone++) {
        patch.append("<remove sel=\"%sSegmentTimeline/S[1]\"/>".formatted(at));
        patch.append(
            "<add sel=\"%sSegmentTimeline\"><S %s t=\"%d\" d=\"%d\"/></add>"
                .formatted(at, NAMESPACE, gone * 2 * timescale, 2 * timescale));
      }
    }
    return patch.append("</Patch>").toString();
  }

  private void media(FakeOrigin.Reply reply, Matcher media, long parts) {
    String rendition = media.group(1);
    long msn = Long.parseLong(media.group(2));
    long firstPart = msn * FakeOrigin.PARTS;
    if (media.group(3) != null) {
      int part = Integer.parseInt(media.group(3));
      if (firstPart + part < parts) {
        reply.body = origin.part(rendition, msn, part);
      } else {
        reply.status = 404;
      }
      return;
    }
    // One that is asked for a part too early is held.
    if (firstPart > parts) {
      reply.status = 404;
      return;
    }
    List<byte[]> chunks = new ArrayList<>();
    long bytes = 0;
    for (int part = 0; part < FakeOrigin.PARTS; part++) {
      byte[] chunk = origin.part(rendition, msn, part);
      chunks.add(chunk);
      bytes += chunk.length;
      long atNs = (firstPart + part + 1) * FakeOrigin.PART_NS;
      reply.arrivals.add(new FakeOrigin.Arrival(bytes, Math.max(origin.nowNs(), atNs)));
    }
    reply.body = TestBoxes.join(chunks.toArray(byte[][]::new));
  }
}
