package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.reload.PlaylistRenderer;
import io.millrace.media.channel.TimelineId;
import io.millrace.window.index.ChannelView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.TimelineView;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel's rendered playlists: each variant (full or delta, plain or gzip, blocking or
 * not) is rendered when it is first asked for after a change, and shared by all event loops.
 *
 * <p>A playlist's lock is held while it is rendered: a loop that comes second would otherwise do
 * the same work in the same time.
 */
public final class ChannelPlaylists implements AutoCloseable {
  private static final int DELTA = 1;
  private static final int GZIP = 2;
  private static final int BLOCKING = 4;
  private static final int VARIANTS = 8;

  private final DeliveryMetrics metrics;
  private final ConcurrentHashMap<Key, Rendered> playlists = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** {@code rendition} 0: the multivariant playlist. */
  private record Key(TimelineId timeline, int rendition) {}

  public ChannelPlaylists(DeliveryMetrics metrics) {
    this.metrics = metrics;
  }

  /** The media playlist; the caller releases it. */
  Response media(
      TimelineView timeline, RenditionView rendition, Ask ask, HttpDate date, ByteBufAllocator to) {
    boolean blocking = ask.directives().isBlocking() || rendition.ended();
    int variant =
        (ask.directives().skip() && !rendition.ended() ? DELTA : 0)
            | (ask.gzip() ? GZIP : 0)
            | (blocking ? BLOCKING : 0);
    return rendered(timeline, rendition.track().id())
        .acquire(timeline, rendition, variant, date, to);
  }

  /** The multivariant playlist; the caller releases it. */
  Response multivariant(TimelineView timeline, Ask ask, HttpDate date, ByteBufAllocator to) {
    return rendered(timeline, 0).acquire(timeline, null, ask.gzip() ? GZIP : 0, date, to);
  }

  private Rendered rendered(TimelineView timeline, int rendition) {
    return playlists.computeIfAbsent(new Key(timeline.id(), rendition), _ -> new Rendered());
  }

  /** Forgets playlists of timelines that the view no longer has. */
  public void keepOnly(ChannelView view) {
    playlists
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = view.timeline(entry.getKey().timeline()) == null;
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  @Override
  public void close() {
    closed = true;
    playlists.values().forEach(Rendered::close);
    playlists.clear();
  }

  /** What a playlist says, encoded as it is sent. */
  private static final class Text {
    final byte[] bytes;

    Text(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  /** One playlist in its variants, of one view. */
  private final class Rendered {
    private @Nullable TimelineView of;
    private final @Nullable Text[] texts = new @Nullable Text[DELTA + GZIP + 1];
    private final @Nullable Response[] responses = new @Nullable Response[VARIANTS];
    private final long[] seconds = new long[VARIANTS];
    private boolean dropped;

    synchronized Response acquire(
        TimelineView timeline,
        @Nullable RenditionView rendition,
        int variant,
        HttpDate date,
        ByteBufAllocator allocator) {
      if (!timeline.equals(of)) {
        clear();
        of = timeline;
      }
      Response kept = responses[variant];
      if (kept != null && seconds[variant] == date.second()) {
        return kept.retain();
      }
      Response fresh = prepare(timeline, rendition, variant, date, allocator);
      if (dropped || closed) {
        return fresh;
      }
      if (kept != null) {
        kept.release();
      }
      responses[variant] = fresh;
      seconds[variant] = date.second();
      return fresh.retain();
    }

    private Response prepare(
        TimelineView timeline,
        @Nullable RenditionView rendition,
        int variant,
        HttpDate date,
        ByteBufAllocator allocator) {
      Head head =
          new Head(200, date.text())
              .with("Content-Type", "application/vnd.apple.mpegurl")
              .with("Cache-Control", cacheControl(timeline, rendition, variant))
              .with("Vary", "Accept-Encoding");
      if ((variant & GZIP) != 0) {
        head.with("Content-Encoding", "gzip");
      }
      return Response.shared(allocator, head, text(timeline, rendition, variant));
    }

    private byte[] text(TimelineView timeline, @Nullable RenditionView rendition, int variant) {
      int index = variant & (DELTA | GZIP);
      Text kept = texts[index];
      if (kept != null) {
        return kept.bytes;
      }
      byte[] bytes =
          (variant & GZIP) != 0
              ? Gzip.compress(text(timeline, rendition, variant & ~GZIP))
              : render(timeline, rendition, (variant & DELTA) != 0);
      texts[index] = new Text(bytes);
      return bytes;
    }

    private byte[] render(TimelineView timeline, @Nullable RenditionView rendition, boolean delta) {
      String text;
      if (rendition == null) {
        metrics.renderedMultivariant();
        text = PlaylistRenderer.multivariant(timeline);
      } else {
        metrics.renderedMedia(delta);
        text =
            delta
                ? PlaylistRenderer.delta(timeline, rendition)
                : PlaylistRenderer.full(timeline, rendition);
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }

    synchronized void close() {
      dropped = true;
      clear();
    }

    private void clear() {
      for (int i = 0; i < VARIANTS; i++) {
        Response response = responses[i];
        if (response != null) {
          response.release();
          responses[i] = null;
        }
      }
      Arrays.fill(texts, null);
      of = null;
    }
  }

  /** RFC 8216bis appendix B.1: blocking answers six target durations, others half a one. */
  private static String cacheControl(
      TimelineView timeline, @Nullable RenditionView rendition, int variant) {
    if (rendition == null) {
      return "public, max-age=1";
    }
    int target = timeline.targetDurationSeconds();
    int seconds = (variant & BLOCKING) != 0 ? 6 * target : Math.max(1, target / 2);
    return "public, max-age=" + seconds;
  }
}
