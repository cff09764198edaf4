package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.channel.TimelineId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static final String TIMELINE = "01900000-0000-7000-8000-000000000001";
  private static final String BASE = "/live/show/" + TIMELINE + "/v1/";
  private static final TimelineId ID = TimelineId.parse(TIMELINE);

  @Test
  void readsTheGrammar() {
    assertThat(Route.of("/time")).contains(new Route.Time());
    assertThat(Route.of("/live/my-show_1.a/index.m3u8"))
        .contains(new Route.Multivariant("my-show_1.a"));
    assertThat(Route.of("/live/show/manifest.mpd")).contains(new Route.Manifest("show"));
    assertThat(Route.of("/live/show/" + TIMELINE + "/1777629600250.mpp"))
        .contains(new Route.Patch("show", ID, 1_777_629_600_250L));
    assertThat(Route.of(BASE + "index.m3u8")).contains(new Route.Playlist("show", ID, "v1"));
    assertThat(Route.of(BASE + "init-00ff.mp4")).contains(new Route.Init("show", ID, "v1", "00ff"));
    assertThat(Route.of("/t/token/live/show/manifest.mpd", 8)).contains(new Route.Manifest("show"));
    assertThat(Route.of("/t/token/time", 8)).isEmpty();
    assertThat(Route.of(BASE + "17.m4s")).contains(new Route.Segment("show", ID, "v1", 17));
    assertThat(Route.of(BASE + "17.0.m4s")).contains(new Route.Part("show", ID, "v1", 17, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/live",
        "/live/",
        "/live//index.m3u8",
        "/live/../index.m3u8",
        "/live/show",
        "/live/show/manifest.mpp",
        "/live/show/" + TIMELINE + "/manifest.mpd",
        "/live/show/" + TIMELINE + "/-1.mpp",
        "/live/show/" + TIMELINE + "/9999999999999999.mpp",
        "/live/show/not-a-timeline/1.mpp",
        "/live/show/not-a-timeline/v1/index.m3u8",
        "/live/sh%20ow/index.m3u8",
        BASE,
        BASE + "index.m3u8/",
        BASE + "x/index.m3u8",
        BASE + "017.m4s",
        BASE + "-1.m4s",
        BASE + "1..m4s",
        BASE + "1.2.3.m4s",
        BASE + "9999999999999999999.m4s",
        BASE + "1.m4a",
        "*"
      })
  void knowsNothingElse(String path) {
    assertThat(Route.of(path)).isEmpty();
  }

  @Test
  void readsOneRange() {
    assertThat(ByteRange.of("bytes=0-9", 100)).isEqualTo(new ByteRange(0, 10));
    assertThat(ByteRange.of("bytes=90-", 100)).isEqualTo(new ByteRange(90, 10));
    assertThat(ByteRange.of("bytes=-5", 100)).isEqualTo(new ByteRange(95, 5));
    assertThat(ByteRange.of("bytes=-500", 100)).isEqualTo(new ByteRange(0, 100));
    assertThat(ByteRange.of("bytes=50-9007199254740991", 100)).isEqualTo(new ByteRange(50, 50));
    assertThat(ByteRange.of("bytes=100-", 100)).isEqualTo(new ByteRange(0, 0));
    assertThat(ByteRange.of("bytes=-0", 100)).isEqualTo(new ByteRange(100, 0));
    for (String ignored :
        new String[] {"bytes=1-2,4-5", "items=0-1", "bytes=5-1", "bytes=a-", "bytes=-"}) {
      assertThat(ByteRange.of(ignored, 100)).as(ignored).isNull();
    }
  }
}
