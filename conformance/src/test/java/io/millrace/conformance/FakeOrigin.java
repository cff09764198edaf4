package io.millrace.conformance;

import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves a live stream without sockets and without waiting: who asks for what is not there yet
 * moves the clock to when it is. The stream is right in all; tests make it wrong in one thing.
 *
 * <p>Segments of 2 s in parts of 0.5 s, a video and an audio rendition, a window of ten segments,
 * on air for a minute when the clock starts.
 */
class FakeOrigin implements Fetcher {
  static final URI HLS = URI.create("http://origin.test/live/index.m3u8");
  static final long SECOND_NS = 1_000_000_000L;
  static final long PART_NS = SECOND_NS / 2;
  static final int PARTS = 4;
  static final int WINDOW = 10;

  /** For how long is waited in vain. */
  private static final long STALL_NS = 6 * SECOND_NS;

  static final URI DASH = URI.create("http://origin.test/dash/manifest.mpd");
  static final Instant EPOCH = Instant.parse("2026-05-01T10:00:00Z");

  /** Made once for all tests. */
  private static final Map<Place, byte[]> PARTS_AS_THEY_ARE = new ConcurrentHashMap<>();

  private static final long ROUND_TRIP_NS = 1_000_000;
  private static final Pattern RENDITION = Pattern.compile("/live/([va])/.*");
  private static final Pattern MEDIA = Pattern.compile("/live/([va])/(\\d+)(?:\\.(\\d+))?\\.m4s");

  /** An answer that a test may change before it is given. */
  static final class Reply {
    int status = 200;
    Map<String, String> headers = new HashMap<>();
    byte[] body = {};
    String version = "HTTP/2";
    int redirects;

    /** When it can begin. */
    long atNs;

    /** How long its body takes. */
    long flowNs;

    /** Where it comes piece by piece. */
    final List<Arrival> arrivals = new ArrayList<>();

    /** What is thrown instead, if anything. */
    String failure = "";
  }

  /** When how many bytes of a body are there. */
  record Arrival(long bytes, long atNs) {}

  /** What is asked for, for the tests' conditions. */
  record Request(URI uri, String rendition, String query) {
    boolean isPlaylist() {
      return uri.getPath().matches("/live/[va]/(index.m3u8|playlist)");
    }

    boolean isMedia() {
      return MEDIA.matcher(uri.getPath()).matches();
    }

    boolean isPart() {
      return isMedia() && uri.getPath().matches(".*/\\d+\\.\\d+\\.m4s");
    }

    boolean isSegment() {
      return isMedia() && !isPart();
    }

    /** The segment's number in the address. */
    long msn() {
      Matcher media = MEDIA.matcher(uri.getPath());
      return media.matches() ? Long.parseLong(media.group(2)) : -1;
    }

    boolean isInit() {
      return uri.getPath().matches("/live/[va]/init.mp4");
    }
  }

  /** The part that a chunk is made for. */
  record Place(String rendition, long msn, int part) {}

  long nowNs = 60 * SECOND_NS + PART_NS / 3;
  final long startNs = nowNs;
  long endsNs = Long.MAX_VALUE;

  /** From then on nothing comes any more. */
  long stallsNs = Long.MAX_VALUE;

  long discontinuityMsn = -1;

  /** The segment whose second and last parts are not there. */
  long gapMsn = -1;

  /** Whether directives are obeyed. */
  boolean blocks = true;

  /** A segment is listed with the next one's first part. */
  boolean segmentsLate;

  boolean skips = true;
  boolean skipsWhileBlocking = true;

  final List<BiFunction<Request, String, String>> playlistEdits = new ArrayList<>();
  final List<BiFunction<Request, String, String>> multivariantEdits = new ArrayList<>();
  final List<BiFunction<Request, String, String>> iFrameEdits = new ArrayList<>();
  final List<BiFunction<Request, String, String>> mpdEdits = new ArrayList<>();
  final FakeDash dash = new FakeDash(this);
  final List<BiConsumer<Request, Reply>> replyEdits = new ArrayList<>();
  final List<BiConsumer<String, TestBoxes.Init>> initEdits = new ArrayList<>();
  final List<BiConsumer<Place, TestBoxes.Chunk>> chunkEdits = new ArrayList<>();
  final List<BiFunction<Place, byte[], byte[]>> bytesEdits = new ArrayList<>();

  /** Changes the text of all media playlists. */
  FakeOrigin playlist(BiFunction<Request, String, String> edit) {
    playlistEdits.add(edit);
    return this;
  }

  /** Replaces a text in all media playlists. */
  FakeOrigin replace(String regex, String by) {
    return playlist((_, text) -> text.replaceAll(regex, by));
  }

  FakeOrigin multivariant(String regex, String by) {
    multivariantEdits.add((_, text) -> text.replaceAll(regex, by));
    return this;
  }

  FakeOrigin iFrames(BiFunction<Request, String, String> edit) {
    iFrameEdits.add(edit);
    return this;
  }

  FakeOrigin mpd(String regex, String by) {
    mpdEdits.add((_, text) -> text.replaceAll(regex, by));
    return this;
  }

  FakeOrigin reply(BiConsumer<Request, Reply> edit) {
    replyEdits.add(edit);
    return this;
  }

  FakeOrigin init(BiConsumer<String, TestBoxes.Init> edit) {
    initEdits.add(edit);
    return this;
  }

  FakeOrigin chunk(BiConsumer<Place, TestBoxes.Chunk> edit) {
    chunkEdits.add(edit);
    return this;
  }

  FakeOrigin bytes(BiFunction<Place, byte[], byte[]> edit) {
    bytesEdits.add(edit);
    return this;
  }

  /** Since the clock started. */
  long sinceNs() {
    return nowNs - startNs;
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

  @Override
  public Answer get(Ask ask) throws FetchException {
    URI uri = ask.uri();
    Matcher rendition = RENDITION.matcher(uri.getPath());
    Request request =
        new Request(
            uri,
            rendition.matches() ? rendition.group(1) : "",
            uri.getQuery() == null ? "" : uri.getQuery());
    Reply reply = new Reply();
    reply.atNs = nowNs;
    reply.headers.put("access-control-allow-origin", "*");
    reply.headers.put("access-control-expose-headers", "Age, Date");
    reply.headers.put("cache-control", "max-age=1");
    answer(request, reply);
    if (!ask.range().isEmpty() && reply.status == 200) {
      String[] ends = ask.range().substring("bytes=".length()).split("-");
      int from = Integer.parseInt(ends[0]);
      int to = Math.min(reply.body.length, Integer.parseInt(ends[1]) + 1);
      reply.body = Arrays.copyOfRange(reply.body, from, to);
      reply.status = 206;
    }
    replyEdits.forEach(edit -> edit.accept(request, reply));
    if (!reply.failure.isEmpty()) {
      nowNs += ROUND_TRIP_NS;
      throw new FetchException(reply.failure);
    }
    long sentNs = nowNs;
    long firstNs = reply.arrivals.isEmpty() ? reply.atNs : reply.arrivals.getFirst().atNs();
    long headNs = Math.max(nowNs, firstNs) + ROUND_TRIP_NS;
    long lastNs = reply.arrivals.isEmpty() ? headNs : reply.arrivals.getLast().atNs();
    nowNs = Math.max(headNs, lastNs) + reply.flowNs;
    List<Answer.Arrival> pieces =
        reply.arrivals.stream()
            .map(each -> new Answer.Arrival(each.bytes(), Math.max(headNs, each.atNs())))
            .toList();
    List<Answer.Arrival> arrivals =
        !pieces.isEmpty()
            ? pieces
            : reply.body.length == 0
                ? List.of()
                : List.of(
                    new Answer.Arrival(1, headNs), new Answer.Arrival(reply.body.length, nowNs));
    return new Answer(
        uri,
        reply.status,
        reply.headers,
        reply.body,
        reply.version,
        reply.redirects,
        sentNs,
        headNs,
        arrivals,
        nowNs,
        wallClock());
  }

  void answer(Request request, Reply reply) {
    String path = request.uri().getPath();
    Matcher media = MEDIA.matcher(path);
    if (path.equals(HLS.getPath())) {
      text(reply, edited(multivariantEdits, request, multivariant()));
    } else if (request.isPlaylist()) {
      playlist(request, reply);
    } else if (FakeSteering.isAsked(request)) {
      FakeSteering.answer(request, reply);
    } else if (path.equals(FakeIFrames.PATH)) {
      reply.atNs = FakeIFrames.atNs(request, nowNs);
      text(reply, edited(iFrameEdits, request, FakeIFrames.playlist(this, reply.atNs)));
    } else if (request.isInit()) {
      reply.headers.put("content-type", "video/mp4");
      reply.body = init(request.rendition());
    } else if (media.matches()) {
      media(request, reply, media);
    } else {
      dash.answer(request, reply);
    }
  }

  static String edited(
      List<BiFunction<Request, String, String>> edits, Request request, String text) {
    String edited = text;
    for (BiFunction<Request, String, String> edit : edits) {
      edited = edit.apply(request, edited);
    }
    return edited;
  }

  static void text(Reply reply, String text) {
    reply.body = text.getBytes(StandardCharsets.UTF_8);
    reply.headers.put("content-encoding", "gzip");
    reply.headers.put("content-type", "application/vnd.apple.mpegurl");
  }

  private String multivariant() {
    return """
    #EXTM3U
    #EXT-X-VERSION:6
    #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a/index.m3u8"
    #EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000,AUDIO="audio"
    v/index.m3u8
    """;
  }

  /** How many parts there are at a time; all renditions have the same. */
  long partsAt(long timeNs) {
    return Math.min(timeNs, Math.min(endsNs, stallsNs)) / PART_NS;
  }

  boolean endedAt(long timeNs) {
    return timeNs >= endsNs;
  }

  /** When a part, counted from the stream's first, is there. */
  private static long partNs(long part) {
    return (part + 1) * PART_NS;
  }

  private void playlist(Request request, Reply reply) {
    Map<String, String> query = new HashMap<>();
    for (String each : request.query().split("&")) {
      String[] pair = each.split("=", 2);
      query.put(pair[0], pair.length > 1 ? pair[1] : "");
    }
    if (!endedAt(nowNs) && blocks) {
      long parts = partsAt(nowNs);
      long lastMsn = parts / PARTS - 1;
      boolean numbers = request.query().matches("(?:(_HLS_(msn|part)=[0-9]+|_HLS_skip=\\w+)&?)*");
      if ((query.containsKey("_HLS_part") && !query.containsKey("_HLS_msn")) || !numbers) {
        reply.status = 400;
        return;
      }
      if (query.containsKey("_HLS_msn")) {
        long msn = Long.parseLong(query.get("_HLS_msn"));
        long part = Long.parseLong(query.getOrDefault("_HLS_part", "-1"));
        // A segment alone is there with its last part, or with the next.
        int whole = segmentsLate ? PARTS : PARTS - 1;
        long wanted = msn * PARTS + (part < 0 ? whole : part);
        if (msn > lastMsn + 2 || wanted > parts + 6) {
          reply.status = 400;
          return;
        }
        reply.atNs = Math.max(nowNs, Math.min(partNs(wanted), endsNs));
        if (reply.atNs > stallsNs) {
          reply.status = 503;
          reply.atNs = nowNs + STALL_NS;
          return;
        }
      }
    }
    boolean skip = skips && query.containsKey("_HLS_skip");
    skip &= skipsWhileBlocking || !query.containsKey("_HLS_msn");
    text(reply, edited(playlistEdits, request, playlist(request.rendition(), reply.atNs, skip)));
  }

  private String playlist(String rendition, long timeNs, boolean skip) {
    long parts = partsAt(timeNs);
    boolean ended = endedAt(timeNs);
    long next = parts / PARTS;
    long first = Math.max(0, next - WINDOW);
    boolean cut = skip && !ended;
    StringBuilder text = new StringBuilder("#EXTM3U\n");
    text.append("#EXT-X-VERSION:").append(cut ? 9 : 6).append('\n');
    text.append("#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:2\n");
    text.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,");
    text.append("CAN-SKIP-UNTIL=12.0\n#EXT-X-PART-INF:PART-TARGET=0.5\n");
    text.append("#EXT-X-MEDIA-SEQUENCE:").append(first).append('\n');
    text.append("#EXT-X-DISCONTINUITY-SEQUENCE:")
        .append(discontinuityMsn >= 0 && first > discontinuityMsn ? 1 : 0)
        .append('\n');
    // The last whole segment may be one before.
    int skipped = !cut ? 0 : segmentsLate ? 2 : 3;
    text.append(cut ? "#EXT-X-SKIP:SKIPPED-SEGMENTS=%d\n".formatted(skipped) : "");
    text.append(cut ? "" : "#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (long msn = first + skipped; msn <= next; msn++) {
      long count = msn == next ? parts % PARTS : PARTS;
      if (count == 0) {
        continue;
      }
      text.append(msn == discontinuityMsn ? "#EXT-X-DISCONTINUITY\n" : "");
      text.append("#EXT-X-PROGRAM-DATE-TIME:")
          .append(EPOCH.plusNanos(msn * PARTS * PART_NS).toString().replace("Z", ".000Z"))
          .append('\n');
      for (int part = 0; part < count && msn >= next - 3; part++) {
        text.append("#EXT-X-PART:DURATION=0.50000,URI=\"%d.%d.m4s\"".formatted(msn, part));
        text.append(part == 0 || rendition.equals("a") ? ",INDEPENDENT=YES\n" : "\n");
      }
      text.append(msn < next ? "#EXTINF:2.00000,\n%d.m4s\n".formatted(msn) : "");
    }
    if (ended) {
      return text.append("#EXT-X-ENDLIST\n").toString();
    }
    text.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"%d.%d.m4s\"\n".formatted(next, parts % PARTS));
    text.append(
        "#EXT-X-RENDITION-REPORT:URI=\"../%s/index.m3u8\",LAST-MSN=%d,LAST-PART=%d\n"
            .formatted(
                rendition.equals("a") ? "v" : "a", (parts - 1) / PARTS, (parts - 1) % PARTS));
    return text.toString();
  }

  byte[] init(String rendition) {
    TestBoxes.Init init = rendition.equals("v") ? TestBoxes.Init.video() : TestBoxes.Init.audio();
    initEdits.forEach(edit -> edit.accept(rendition, init));
    return init.bytes();
  }

  /** Another one, of a larger picture and a higher level. */
  byte[] newInit(String rendition) {
    TestBoxes.Init init = rendition.equals("v") ? TestBoxes.Init.video() : TestBoxes.Init.audio();
    init.level = 0x28;
    init.width = 1920;
    init.behindConfig = TestBoxes.colr(16);
    return init.bytes();
  }

  private void media(Request request, Reply reply, Matcher media) {
    long msn = Long.parseLong(media.group(2));
    reply.headers.put("content-type", "video/iso.segment");
    if (media.group(3) == null) {
      if ((msn + 1) * PARTS > partsAt(nowNs)) {
        reply.status = 404;
        return;
      }
      reply.body = segment(request.rendition(), msn);
      return;
    }
    int part = Integer.parseInt(media.group(3));
    long wanted = msn * PARTS + part;
    long hinted = partsAt(nowNs);
    boolean never = partNs(wanted) > Math.min(endsNs, stallsNs);
    if (wanted > hinted || part >= PARTS || never) {
      reply.status = 404;
      return;
    }
    reply.atNs = Math.max(nowNs, partNs(wanted));
    reply.body = part(request.rendition(), msn, part);
    reply.headers.put("content-length", Integer.toString(reply.body.length));
  }

  byte[] segment(String rendition, long msn) {
    byte[][] parts = new byte[PARTS][];
    for (int part = 0; part < PARTS; part++) {
      boolean gap = msn == gapMsn && (part == 1 || part == PARTS - 1);
      parts[part] = gap ? new byte[0] : part(rendition, msn, part);
    }
    return TestBoxes.join(parts);
  }

  byte[] part(String rendition, long msn, int part) {
    Place place = new Place(rendition, msn, part);
    return chunkEdits.isEmpty() && bytesEdits.isEmpty()
        ? PARTS_AS_THEY_ARE.computeIfAbsent(place, this::part)
        : part(place);
  }

  private byte[] part(Place place) {
    boolean video = place.rendition().equals("v");
    long msn = place.msn();
    int part = place.part();
    TestBoxes.Chunk chunk = new TestBoxes.Chunk();
    chunk.sequenceNumber = msn * PARTS + part + 1;
    int count = video ? 15 : 24;
    long duration = video ? 3_000 : 1_000;
    chunk.decodeTime = (msn * PARTS + part) * count * duration;
    for (int i = 0; i < count; i++) {
      TestBoxes.Sample sample = new TestBoxes.Sample();
      boolean sync = !video || (part == 0 && i == 0);
      sample.duration = duration;
      sample.flags = sync ? 0x0200_0000L : 0x0101_0000L;
      // One NAL unit of four bytes: an IDR slice, or another.
      sample.data =
          video
              ? TestBoxes.join(TestBoxes.u32(4), TestBoxes.u32(sync ? 0x6500_0000L : 0x4100_0000L))
              : TestBoxes.u32(msn);
      chunk.samples.add(sample);
    }
    chunk.before =
        TestBoxes.join(
            part == 0 ? TestBoxes.styp("cmfs", "cmff", "cmfl", "msdh") : new byte[0],
            TestBoxes.prft(EPOCH.plusNanos((msn * PARTS + part) * PART_NS), chunk.decodeTime));
    chunkEdits.forEach(edit -> edit.accept(place, chunk));
    byte[] bytes = chunk.bytes();
    for (BiFunction<Place, byte[], byte[]> edit : bytesEdits) {
      bytes = edit.apply(place, bytes);
    }
    return bytes;
  }
}
