package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.dash.ManifestRenderer;
import io.millrace.delivery.reload.ReloadDirectives;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.TimelineView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What event loops whose views of a timeline differ tell of it. */
class ChannelManifestsTest {
  private static final int WINDOW_SEGMENTS = 6;
  private static final Ask ASK =
      new Ask(
          new Route.Manifest("show"),
          ReloadDirectives.NONE,
          /* pieces= */ false,
          /* gzip= */ false,
          /* guarded= */ false,
          null,
          null);

  private final PublishedStream stream =
      new PublishedStream(PublishedStream.channelId(1), WINDOW_SEGMENTS);
  private final Windows windows = new Windows(stream.channel());
  private final ChannelManifests manifests =
      new ChannelManifests(new DeliveryMetrics(new PrometheusRegistry()));
  private final HttpDate date = new HttpDate(Clock.systemUTC());

  @AfterEach
  void close() {
    manifests.close();
    windows.close();
  }

  private ChannelManifests.Told now() {
    TimelineView view = windows.window.view().newest().orElseThrow();
    return new ChannelManifests.Told(view, ManifestRenderer.version(view).orElseThrow());
  }

  private ChannelManifests.Told onAir() {
    windows.feed(stream.open()).feed(stream.segments(3)).feed(stream.parts(2));
    return now();
  }

  private ChannelManifests.Told aSegmentLater() {
    windows.feed(stream.parts(PublishedStream.PARTS));
    return now();
  }

  private String manifest(ChannelManifests.Told told) {
    return body(manifests.manifest(told, ASK, date, ByteBufAllocator.DEFAULT));
  }

  private String patch(ChannelManifests.Known from, ChannelManifests.Told to) {
    return body(
        manifests.patch((ChannelManifests.Older) from, to, ASK, date, ByteBufAllocator.DEFAULT));
  }

  private static String body(Response response) {
    ByteBuf wire = response.wire(/* withBody= */ true);
    String text = wire.toString(StandardCharsets.UTF_8);
    wire.release();
    response.release();
    return text.substring(text.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aLoopThatIsBehindHasNothingNewer() {
    ChannelManifests.Told first = onAir();
    manifest(first);
    ChannelManifests.Told second = aSegmentLater();
    String told = manifest(second);

    long publishMs = second.version().publishMs();
    assertThat(told).contains("<MPD").contains("PatchLocation");
    assertThat(manifests.find(first, publishMs)).isEqualTo(new ChannelManifests.Newest(publishMs));
    assertThat(manifests.find(second, first.version().publishMs()))
        .isEqualTo(new ChannelManifests.Older(first, first.version().publishMs()));
  }

  /** Nobody asked for the MPD of the second version; its holder had it by a patch. */
  @Test
  void whatAPatchBroughtIsKnown() {
    ChannelManifests.Told first = onAir();
    manifest(first);
    ChannelManifests.Told second = aSegmentLater();
    patch(manifests.find(second, first.version().publishMs()), second);
    ChannelManifests.Told later = second;
    for (int i = 0; i < 3 * WINDOW_SEGMENTS; i++) {
      later = aSegmentLater();
    }

    assertThat(manifests.find(later, second.version().publishMs()))
        .isEqualTo(new ChannelManifests.Older(second, second.version().publishMs()));
    assertThat(patch(manifests.find(later, second.version().publishMs()), later))
        .contains("originalPublishTime=")
        .contains("PatchLocation");
    assertThat(manifests.find(later, second.version().publishMs() - 1))
        .isEqualTo(new ChannelManifests.Unknown(second.version().publishMs() - 1));
  }

  /** A later view of the same version no longer has what the first one listed. */
  @Test
  void aVersionKeepsTheViewThatItWasToldOf() {
    ChannelManifests.Told first = onAir();
    String told = manifest(first);
    windows.feed(stream.parts(1));
    ChannelManifests.Told again = now();
    assertThat(again.version()).isEqualTo(first.version());
    assertThat(again.view()).isNotSameAs(first.view());

    ChannelManifests.Told second = aSegmentLater();
    manifest(second);
    assertThat(manifest(again)).isEqualTo(told);
    ChannelManifests.Known known = manifests.find(second, first.version().publishMs());
    assertThat(((ChannelManifests.Older) known).told().view()).isSameAs(first.view());
  }
}
