package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.delivery.dash.ReadManifest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MPDs and their patches over a socket (ISO/IEC 23009-1 5.3, 5.15). */
class ManifestTest {
  private static final String MANIFEST = "/live/show/manifest.mpd";

  private final Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  private void awaitWaiters(int count) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(5))
        .until(() -> served.waiters() == count);
  }

  /** Where the patch of that MPD is. */
  private static String patchOf(ReadManifest mpd) {
    return "/live/show/" + mpd.one("/MPD/PatchLocation").getTextContent();
  }

  @Test
  void servesTheManifestOnceRendered() {
    served.onAir(3, 2);

    HttpResponse<String> manifest = served.get(MANIFEST);
    assertThat(manifest.statusCode()).isEqualTo(200);
    assertThat(manifest.headers().firstValue("content-type")).contains("application/dash+xml");
    assertThat(manifest.headers().firstValue("cache-control")).contains("public, max-age=1");
    ReadManifest mpd = ReadManifest.parse(manifest.body());
    assertThat(mpd.all("//Representation[@id='v1']//S")).hasSize(4);

    // A part more changes nothing.
    served.feed(served.stream.part());
    String etag = manifest.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> same =
        served.send(served.request(MANIFEST).header("If-None-Match", etag).build());
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("etag")).contains(etag);
    HttpResponse<byte[]> gzip =
        served.bytes(served.request(MANIFEST).header("Accept-Encoding", "gzip").build());
    assertThat(gzip.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(gzip.headers().firstValue("etag")).isPresent().isNotEqualTo(etag);
    assertThat(served.counted("playlist_renders", "playlist", "manifest")).isEqualTo(1);

    served.feed(served.stream.parts(3));
    assertThat(served.send(served.request(MANIFEST).header("If-None-Match", etag).build()).body())
        .contains("<S t=\"360000\"");
  }

  @Test
  void aPatchOfTheNewestVersionWaitsForTheNext() {
    served.onAir(3, 2);
    ReadManifest mpd = ReadManifest.parse(served.get(MANIFEST).body());
    // The connection is there before a patch waits, which is not for long.
    served.laterHttp2(MANIFEST).join();

    CompletableFuture<HttpResponse<String>> waiting = served.later(patchOf(mpd));
    CompletableFuture<HttpResponse<String>> overHttp2 = served.laterHttp2(patchOf(mpd));
    awaitWaiters(2);
    served.feed(served.stream.parts(3));
    assertThat(waiting).isNotDone();
    served.feed(served.stream.part());

    assertThat(waiting.join().headers().firstValue("content-type"))
        .contains("application/dash-patch+xml");
    mpd.apply(waiting.join().body());
    assertThat(mpd).hasToString(ReadManifest.parse(served.get(MANIFEST).body()).toString());
    assertThat(overHttp2.join().body()).isEqualTo(waiting.join().body());
  }

  @Test
  void aPatchThatTellsOfNothingNewCanBePatched() {
    served.onAir(3, 2);
    ReadManifest mpd = ReadManifest.parse(served.get(MANIFEST).body());

    // The target duration is 1 s.
    mpd.apply(served.get(patchOf(mpd)).body());
    assertThat(mpd.all("//Representation[@id='v1']//S")).hasSize(4);
    CompletableFuture<HttpResponse<String>> waiting = served.later(patchOf(mpd));
    awaitWaiters(1);
    served.feed(served.stream.parts(4));

    mpd.apply(waiting.join().body());
    assertThat(mpd).hasToString(ReadManifest.parse(served.get(MANIFEST).body()).toString());
  }

  @Test
  void theEndIsAPatchToo() {
    served.onAir(3, 2);
    ReadManifest mpd = ReadManifest.parse(served.get(MANIFEST).body());
    // The connection is there before a patch waits, which is not for long.
    served.laterHttp2(MANIFEST).join();

    CompletableFuture<HttpResponse<String>> waiting = served.later(patchOf(mpd));
    awaitWaiters(1);
    served.feed(served.stream.endSegment());
    served.feed(served.stream.end());

    mpd.apply(waiting.join().body());
    assertThat(mpd.mpd("type")).isEqualTo("static");
    assertThat(mpd.mpd("mediaPresentationDuration")).isEqualTo("PT1777629603.4S");
    assertThat(mpd.all("//PatchLocation")).isEmpty();
  }

  /** Players ask for the MPD where there is no PatchLocation, not where there is no patch. */
  @Test
  void whoeverHasAVersionThatIsNotKnownIsSentToTheManifest() {
    served.onAir(3, 2);
    ReadManifest mpd = ReadManifest.parse(served.get(MANIFEST).body());
    String published = Instant.ofEpochMilli(17).toString();
    String old = patchOf(mpd).replaceFirst("[0-9]+\\.mpp", "17.mpp");

    mpd.one("/MPD").setAttribute("publishTime", published);
    mpd.apply(served.get(old).body());

    assertThat(mpd.all("/MPD/PatchLocation")).isEmpty();
    assertThat(mpd.mpd("publishTime")).isEqualTo("1970-01-01T00:00:00.018Z");
  }

  @Test
  void aPatchOfAnotherTimelineIsGone() {
    served.onAir(3, 2);
    String current = patchOf(ReadManifest.parse(served.get(MANIFEST).body()));

    HttpResponse<String> gone = served.get(current.replace("-8000-", "-8001-"));
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(gone.body()).startsWith("patch ");
  }

  /** No patch can bring them: it brings all else, and its player to the MPD. */
  @Test
  void eventsComeWithTheManifest() {
    served.onAir(3, 2);
    ReadManifest mpd = ReadManifest.parse(served.get(MANIFEST).body());
    served.feed(served.stream.dateRange("ad", 4_000_000_000L, 1_000_000_000L));
    served.feed(served.stream.segments(3));

    mpd.apply(served.get(patchOf(mpd)).body());
    HttpResponse<String> manifest = served.get(MANIFEST);
    ReadManifest now = ReadManifest.parse(manifest.body());

    assertThat(now.all("//Event")).hasSize(1);
    assertThat(mpd.all("//Event")).isEmpty();
    assertThat(mpd.all("/MPD/PatchLocation")).isEmpty();
    assertThat(mpd.mpd("publishTime")).isLessThan(now.mpd("publishTime"));
    assertThat(segments(mpd)).isEqualTo(segments(now)).isNotEmpty();

    served.feed(served.stream.segments(1));
    now.apply(served.get(patchOf(now)).body());
    assertThat(now).hasToString(ReadManifest.parse(served.get(MANIFEST).body()).toString());
    assertThat(now.all("//Event")).hasSize(1);
  }

  private static List<String> segments(ReadManifest mpd) {
    return mpd.all("//S").stream().map(each -> each.getAttribute("t")).toList();
  }

  @Test
  void waitsForTheFirstMediaAndIsUnavailableWithoutIt() {
    served.feed(served.stream.open());
    served.channel.status(WatchedChannel.Status.FOLLOWING);

    CompletableFuture<HttpResponse<String>> waiting = served.later(MANIFEST);
    awaitWaiters(1);
    served.feed(served.stream.part());

    assertThat(waiting.join().statusCode()).isEqualTo(200);
    assertThat(served.get("/live/none/manifest.mpd").statusCode()).isEqualTo(404);
    assertThat(served.get("/live/early/manifest.mpd").statusCode()).isEqualTo(503);
  }

  @Test
  void tellsTheTimeAsTheManifestSays() {
    served.onAir(1, 1);
    String timeUri =
        ReadManifest.parse(served.get(MANIFEST).body()).one("/MPD/UTCTiming").getAttribute("value");

    HttpResponse<String> time = served.get(timeUri);

    // An xs:dateTime in UTC.
    assertThat(time.body()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    assertThat(Instant.parse(time.body()))
        .isBetween(Instant.now().minusSeconds(10), Instant.now().plusSeconds(1));
    assertThat(time.headers().firstValue("cache-control")).contains("no-store");
    assertThat(time.headers().firstValue("access-control-allow-origin")).contains("*");
  }
}
