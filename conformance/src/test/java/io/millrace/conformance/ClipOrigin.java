package io.millrace.conformance;

import io.millrace.conformance.PackagedClip.Rendition;
import io.millrace.conformance.PackagedClip.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.Fetcher;
import io.millrace.media.track.Colour;
import io.millrace.media.track.VideoConfiguration;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Serves what the packager made, with an HLS playlist that has ended and an MPD, and with the
 * codecs that the product names; a test may name others. Has a clock of its own.
 */
final class ClipOrigin implements Fetcher {
  static final URI HLS = URI.create("http://origin.test/clip/index.m3u8");
  static final URI DASH = URI.create("http://origin.test/clip/manifest.mpd");

  private static final Instant EPOCH = Instant.parse("2026-05-01T10:00:00Z");

  private final PackagedClip clip;
  private final UnaryOperator<String> codecs;
  private final Map<String, byte[]> files = new HashMap<>();
  private long nowNs;

  ClipOrigin(PackagedClip clip, UnaryOperator<String> codecs) {
    this.clip = clip;
    this.codecs = codecs;
    text(HLS.getPath(), multivariant());
    text(DASH.getPath(), mpd());
    clip.renditions.forEach(
        (id, rendition) -> {
          text("/clip/%d.m3u8".formatted(id), playlist(id, rendition));
          files.put("/clip/%d/init.mp4".formatted(id), rendition.init);
          rendition.segments.forEach(
              (msn, segment) -> files.put("/clip/%d/%d.m4s".formatted(id, msn), segment.bytes()));
        });
  }

  private void text(String path, String text) {
    files.put(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private String codecs(Rendition rendition) {
    return codecs.apply(rendition.track.codec().codecsString());
  }

  private String multivariant() {
    StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n");
    int first = clip.renditions.keySet().iterator().next();
    clip.renditions.forEach(
        (id, _) -> {
          if (id != first) {
            text.append(
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Sound\",DEFAULT=YES,CHANNELS=\"2\",URI=\"%d.m3u8\"\n"
                    .formatted(id));
          }
        });
    String all =
        clip.renditions.values().stream().map(this::codecs).collect(Collectors.joining(","));
    text.append("#EXT-X-STREAM-INF:BANDWIDTH=9000000,AVERAGE-BANDWIDTH=9000000,CODECS=\"%s\"");
    if (clip.renditions.get(first).track.codec() instanceof VideoConfiguration video) {
      Colour colour = video.picture().colour();
      boolean pq = colour != null && colour.transfer() == 16;
      text.append(",RESOLUTION=%dx%d".formatted(video.width(), video.height()));
      text.append(",FRAME-RATE=30.000,VIDEO-RANGE=").append(pq ? "PQ" : "SDR");
    }
    text.append(clip.renditions.size() > 1 ? ",AUDIO=\"audio\"\n" : "\n");
    return text.append(first).append(".m3u8\n").toString().formatted(all);
  }

  private String playlist(int id, Rendition rendition) {
    StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n");
    text.append("#EXT-X-TARGETDURATION:%d\n".formatted(clip.targetDuration));
    text.append("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-MAP:URI=\"%d/init.mp4\"\n".formatted(id));
    rendition.segments.forEach(
        (msn, segment) -> {
          double seconds = (double) segment.duration / rendition.track.timescale();
          text.append("#EXTINF:%.5f,\n%d/%d.m4s\n".formatted(seconds, id, msn));
        });
    return text.append("#EXT-X-ENDLIST\n").toString();
  }

  private String mpd() {
    StringBuilder mpd =
        new StringBuilder(
            """
            <?xml version="1.0"?>
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" id="clip" type="dynamic"
                profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT1S"
                availabilityStartTime="2026-01-01T00:00:00Z" publishTime="2026-05-01T10:00:00Z"
                minimumUpdatePeriod="PT1S" maxSegmentDuration="PT9S">
              <Period id="p0" start="PT0S">
            """);
    clip.renditions.forEach(
        (id, rendition) -> {
          String picture =
              rendition.track.codec() instanceof VideoConfiguration video
                  ? " width=\"%d\" height=\"%d\"".formatted(video.width(), video.height())
                  : "";
          mpd.append(
              """
              <AdaptationSet id="%d" mimeType="video/mp4">
                <SegmentTemplate timescale="%d" initialization="%d/init.mp4" media="%d/$Number$.m4s"
                    startNumber="0"><SegmentTimeline>%s</SegmentTimeline></SegmentTemplate>
                <Representation id="r%d" bandwidth="1000000" codecs="%s"%s/>
              </AdaptationSet>
              """
                  .formatted(
                      id,
                      rendition.track.timescale(),
                      id,
                      id,
                      entries(rendition.segments.values()),
                      id,
                      codecs(rendition),
                      picture));
        });
    return mpd.append("</Period></MPD>\n").toString();
  }

  /** Each S lasts until the next begins, by presentation. */
  private static String entries(Collection<Segment> segments) {
    List<Segment> all = List.copyOf(segments);
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < all.size(); i++) {
      long start = all.get(i).presentation;
      long duration =
          i + 1 < all.size() ? all.get(i + 1).presentation - start : all.get(i).duration;
      entries.append("<S t=\"%d\" d=\"%d\"/>".formatted(start, duration));
    }
    return entries.toString();
  }

  @Override
  public Answer get(Ask ask) {
    String path = ask.uri().getPath();
    byte[] body = files.getOrDefault(path, new byte[0]);
    long sentNs = nowNs;
    nowNs += 1_000_000;
    String type =
        path.endsWith(".m3u8")
            ? "application/vnd.apple.mpegurl"
            : path.endsWith(".mpd") ? "application/dash+xml" : "video/mp4";
    return new Answer(
        ask.uri(),
        files.containsKey(path) ? 200 : 404,
        Map.of(
            "content-type", type,
            "content-encoding", "gzip",
            "cache-control", "max-age=1",
            "access-control-allow-origin", "*",
            "access-control-expose-headers", "Age, Date"),
        body,
        "HTTP/2",
        0,
        sentNs,
        nowNs,
        List.of(new Answer.Arrival(body.length, nowNs)),
        nowNs,
        wallClock());
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public Instant wallClock() {
    return EPOCH.plusNanos(nowNs);
  }

  @Override
  public void pause(Duration length) {
    nowNs += length.toNanos();
  }
}
