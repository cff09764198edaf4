package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.window.PublishedStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of blocking reload (RFC 8216bis 6.2.5.2) over a socket. */
class BlockingReloadTest {
  private final Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  private String reload(String directives) {
    return served.path("v1", "index.m3u8?" + directives);
  }

  private void awaitWaiters(int count) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(5))
        .until(() -> served.waiters() == count);
  }

  @Test
  void answersWithoutDirectivesAtOnce() {
    served.onAir(3, 2);

    HttpResponse<String> playlist = served.get(served.path("v1", "index.m3u8"));

    assertThat(playlist.statusCode()).isEqualTo(200);
    assertThat(playlist.body())
        .contains("3.1.m4s")
        .contains("PRELOAD-HINT:TYPE=PART,URI=\"3.2.m4s");
    assertThat(playlist.headers().firstValue("content-type"))
        .contains("application/vnd.apple.mpegurl");
    assertThat(playlist.headers().firstValue("cache-control")).contains("public, max-age=1");
    assertThat(playlist.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @Test
  void waitsForAPart() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<String>> waiting =
        served.later(reload("_HLS_msn=3&_HLS_part=2"));
    awaitWaiters(1);
    served.feed(served.stream.part());

    HttpResponse<String> playlist = waiting.join();
    assertThat(playlist.statusCode()).isEqualTo(200);
    assertThat(playlist.body()).contains("3.2.m4s\"\n");
    assertThat(playlist.headers().firstValue("cache-control")).contains("public, max-age=6");
    awaitWaiters(0);
  }

  @Test
  void waitsForAWholeSegmentWithoutPart() {
    served.onAir(3, 4);

    CompletableFuture<HttpResponse<String>> waiting = served.later(reload("_HLS_msn=3"));
    awaitWaiters(1);
    served.feed(served.stream.part());

    assertThat(waiting.join().body()).contains("\n3.m4s\n");
  }

  @Test
  void takesAPartPastTheLastAsTheNextSegmentsFirst() {
    served.onAir(3, 0);

    CompletableFuture<HttpResponse<String>> waiting =
        served.later(reload("_HLS_msn=2&_HLS_part=5"));
    awaitWaiters(1);
    served.feed(served.stream.part());

    assertThat(waiting.join().body()).contains("3.0.m4s\",INDEPENDENT=YES\n");
  }

  @Test
  void waitsOnWhenTheSegmentEndsBeforeThePart() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<String>> waiting =
        served.later(reload("_HLS_msn=3&_HLS_part=4"));
    awaitWaiters(1);
    served.feed(served.stream.endSegment());
    assertThat(waiting).isNotDone();
    served.feed(served.stream.part());

    assertThat(waiting.join().body()).contains("4.0.m4s");
  }

  @Test
  void answersForWhatIsThereOrGone() {
    served.onAir(40, 2);

    for (String directives :
        List.of("_HLS_msn=1", "_HLS_msn=39&_HLS_part=4", "_HLS_msn=40&_HLS_part=1", "_HLS_msn=0")) {
      assertThat(served.get(reload(directives)).statusCode()).as(directives).isEqualTo(200);
    }
  }

  @Test
  void refusesWhatCannotBeMeant() {
    served.onAir(3, 2);

    for (String directives :
        List.of(
            "_HLS_part=1",
            "_HLS_msn=x",
            "_HLS_msn=-1",
            "_HLS_msn=3&_HLS_part=",
            "_HLS_msn=5",
            "_HLS_msn=3&_HLS_part=17")) {
      HttpResponse<String> refused = served.get(reload(directives));
      assertThat(refused.statusCode()).as(directives).isEqualTo(400);
      assertThat(refused.body()).startsWith("_HLS_");
      assertThat(refused.headers().firstValue("cache-control")).contains("no-store");
    }
  }

  @Test
  void waitsForWhatIsMerelyEarly() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<String>> segment = served.later(reload("_HLS_msn=4"));
    CompletableFuture<HttpResponse<String>> part = served.later(reload("_HLS_msn=3&_HLS_part=16"));
    awaitWaiters(2);
    served.feed(served.stream.parts(8));

    assertThat(segment.join().statusCode()).isEqualTo(200);
    assertThat(part.join().statusCode()).isEqualTo(200);
  }

  @Test
  void givesUpAfterThreeTargetDurations() {
    served.onAir(3, 2);

    long begunNs = System.nanoTime();
    HttpResponse<String> late = served.get(reload("_HLS_msn=3&_HLS_part=2"));

    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(Duration.ofNanos(System.nanoTime() - begunNs))
        .isBetween(Duration.ofMillis(2_900), Duration.ofSeconds(6));
    assertThat(late.headers().firstValue("retry-after")).contains("1");
    assertThat(late.headers().firstValue("cache-control")).contains("no-store");
  }

  @Test
  void theEndWakesWhoeverWaitsAndIgnoresDirectives() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<String>> waiting =
        served.later(reload("_HLS_msn=3&_HLS_part=2"));
    awaitWaiters(1);
    served.feed(served.stream.end());

    assertThat(waiting.join().body()).endsWith("#EXT-X-ENDLIST\n").doesNotContain("PRELOAD-HINT");
    assertThat(served.get(reload("_HLS_msn=99&_HLS_part=x")).statusCode()).isEqualTo(200);
  }

  @Test
  void sendsAHintedPartWhenItIsComplete() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> waiting =
        served.laterBytes(served.path("v1", "3.2.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.part());

    HttpResponse<byte[]> part = waiting.join();
    assertThat(part.statusCode()).isEqualTo(200);
    assertThat(part.body()).hasSize(4_000);
    assertThat(part.headers().firstValue("content-length")).contains("4000");
    assertThat(part.headers().firstValue("cache-control").orElse("")).contains("immutable");
  }

  @Test
  void answersAHintedPartThatNeverCame404AtOnce() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> waiting =
        served.laterBytes(served.path("v1", "3.2.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.endSegment());

    assertThat(waiting.join().statusCode()).isEqualTo(404);
    assertThat(served.get(served.path("v1", "4.7.m4s")).statusCode()).isEqualTo(404);
  }

  @Test
  void hintsAtTheNextSegmentAfterALastPartAndSendsBothPartsThatMayCome() {
    served.stream.markLast(2);
    served.onAir(3, 3);

    String playlist = served.get(served.path("v1", "index.m3u8")).body();
    assertThat(playlist).contains("PRELOAD-HINT:TYPE=PART,URI=\"4.0.m4s");
    CompletableFuture<HttpResponse<byte[]>> next = served.laterBytes(served.path("v1", "4.0.m4s"));
    CompletableFuture<HttpResponse<byte[]>> further =
        served.laterBytes(served.path("v1", "3.3.m4s"));
    awaitWaiters(2);
    assertThat(served.get(served.path("v1", "4.1.m4s")).statusCode()).isEqualTo(404);
    assertThat(served.get(served.path("v1", "5.0.m4s")).statusCode()).isEqualTo(404);

    // The segment goes on all the same.
    served.feed(served.stream.longPart());
    assertThat(further.join().statusCode()).isEqualTo(200);
    playlist = served.get(served.path("v1", "index.m3u8")).body();
    assertThat(playlist).contains("PRELOAD-HINT:TYPE=PART,URI=\"3.4.m4s");
    assertThat(next).isNotDone();

    served.feed(served.stream.endSegment());
    assertThat(next).isNotDone();
    served.feed(served.stream.part());
    assertThat(next.join().statusCode()).isEqualTo(200);
  }

  @Test
  void aReloadForThePartAfterALastOneWaitsForTheNextSegment() {
    served.stream.markLast(2);
    served.onAir(3, 3);

    CompletableFuture<HttpResponse<String>> within = served.later(reload("_HLS_msn=3&_HLS_part=3"));
    CompletableFuture<HttpResponse<String>> next = served.later(reload("_HLS_msn=4&_HLS_part=0"));
    awaitWaiters(2);
    served.feed(served.stream.endSegment());
    served.feed(served.stream.part());

    assertThat(within.join().body()).contains("4.0.m4s\",INDEPENDENT=YES\n");
    assertThat(next.join().body()).contains("4.0.m4s\",INDEPENDENT=YES\n");
  }

  @Test
  void answersTheHintedFirstPartOfASegmentThatDoesNotCome() {
    served.stream.markLast(2);
    served.onAir(3, 3);

    CompletableFuture<HttpResponse<byte[]>> ended = served.laterBytes(served.path("v1", "4.0.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.end());

    assertThat(ended.join().statusCode()).isEqualTo(404);
  }

  @Test
  void servesIFramesByTheSegment() {
    served.onAir(3, 2);
    String iFrames = served.path("v1", "iframes.m3u8");

    CompletableFuture<HttpResponse<String>> waiting =
        served.later(iFrames + "?_HLS_msn=3&_HLS_part=0");
    awaitWaiters(1);
    served.feed(served.stream.parts(3));

    assertThat(waiting.join().body())
        .contains("#EXT-X-I-FRAMES-ONLY\n", "#EXT-X-BYTERANGE:1500@0\n3.m4s\n")
        .doesNotContain("#EXT-X-PART:", "PRELOAD-HINT");
    HttpResponse<byte[]> picture =
        served.bytes(
            served.request(served.path("v1", "3.m4s")).header("Range", "bytes=0-1499").build());
    assertThat(picture.statusCode()).isEqualTo(206);
    assertThat(picture.body()).hasSize(PublishedStream.KEYFRAME_BYTES);
    assertThat(served.get(iFrames + "?_HLS_msn=6").statusCode()).isEqualTo(400);
    assertThat(served.get(served.path("a2", "iframes.m3u8")).statusCode()).isEqualTo(404);
  }

  @Test
  void servesHttp2OnTheSamePort() {
    served.onAir(3, 2);

    HttpResponse<String> first = served.laterHttp2(served.path("v1", "index.m3u8")).join();
    assertThat(first.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
    assertThat(first.statusCode()).isEqualTo(200);
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(served.laterHttp2(reload("_HLS_msn=3&_HLS_part=2")));
    }
    awaitWaiters(20);
    served.feed(served.stream.part());

    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.join().statusCode()).isEqualTo(200);
      assertThat(each.join().body()).contains("3.2.m4s\"\n");
    }
  }

  @Test
  void forgetsRequestsOfClientsThatWent() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<String>> overHttp1 =
        served.later(reload("_HLS_msn=3&_HLS_part=2"));
    CompletableFuture<HttpResponse<String>> overHttp2 =
        served.laterHttp2(reload("_HLS_msn=3&_HLS_part=2"));
    awaitWaiters(2);
    overHttp1.cancel(true);
    overHttp2.cancel(true);

    awaitWaiters(0);
    served.feed(served.stream.part());
    assertThat(served.get(served.path("v1", "index.m3u8")).statusCode()).isEqualTo(200);
  }

  @Test
  void aChannelOutlivesTheServerThatItsViewersWaitedAt() {
    served.onAir(3, 2);
    CompletableFuture<HttpResponse<String>> waiting =
        served.later(reload("_HLS_msn=3&_HLS_part=2"));
    awaitWaiters(1);

    served.server.close();
    served.feed(served.stream.part());
    served.channel.close();

    assertThat(waiting).failsWithin(Duration.ofSeconds(10));
  }

  @Test
  void rendersOnceForAllThatWait() {
    served.onAir(3, 2);

    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(served.later(reload("_HLS_msn=3&_HLS_part=2")));
    }
    awaitWaiters(20);
    double before = renders();
    served.feed(served.stream.part());
    waiting.forEach(CompletableFuture::join);

    // Video and audio parts are two changes; a loop may see one or both.
    assertThat(renders() - before).isBetween(1.0, 2.0);
  }

  private double renders() {
    return served
        .registry
        .scrape(name -> name.equals("millrace_delivery_playlist_renders"))
        .stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(
            point ->
                ((io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot)
                        point)
                    .getValue())
        .sum();
  }
}
