package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.reload.MultivariantRenderer;
import io.millrace.delivery.reload.PlaylistRenderer;
import io.millrace.delivery.reload.ReloadDirectives.Skip;
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
 * Keeps a channel's rendered playlists: each variant (full or one of the deltas, plain or gzip,
 * blocking or not, of a channel with tokens or not) is rendered when it is first asked for after a
 * change, and shared by all event loops.
 *
 * <p>A playlist's lock is held while it is rendered: a loop that comes second would otherwise do
 * the same work in the same time.
 */
public final class ChannelPlaylists implements AutoCloseable {
  private static final int DELTA = 1;
  private static final int DELTA_OF_RANGES = 2;
  private static final int GZIP = 4;
  private static final int BLOCKING = 8;
  private static final int GUARDED = 16;
  private static final int VARIANTS = 32;

  private final DeliveryMetrics metrics;
  private final ChannelManifests manifests;
  private final ConcurrentHashMap<Key, Rendered> playlists = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private enum Kind {
    MULTIVARIANT,
    MEDIA,
    I_FRAMES
  }

  /** {@code rendition} 0: that of all. */
  private record Key(TimelineId timeline, Kind kind, int rendition) {}

  public ChannelPlaylists(DeliveryMetrics metrics) {
    this.metrics = metrics;
    this.manifests = new ChannelManifests(metrics);
  }

  /** The same for DASH. */
  ChannelManifests manifests() {
    return manifests;
  }

  /** The media playlist; the caller releases it. */
  Response media(
      TimelineView timeline, RenditionView rendition, Ask ask, HttpDate date, ByteBufAllocator to) {
    return ofRendition(Kind.MEDIA, timeline, rendition)
        .acquire(timeline, rendition, variant(rendition, ask), date, to);
  }

  /** The I-frame playlist; the caller releases it. */
  Response iFrames(
      TimelineView timeline, RenditionView rendition, Ask ask, HttpDate date, ByteBufAllocator to) {
    return ofRendition(Kind.I_FRAMES, timeline, rendition)
        .acquire(timeline, rendition, variant(rendition, ask), date, to);
  }

  /** The multivariant playlist; the caller releases it. */
  Response multivariant(TimelineView timeline, Ask ask, HttpDate date, ByteBufAllocator to) {
    return rendered(new Key(timeline.id(), Kind.MULTIVARIANT, 0))
        .acquire(timeline, null, (ask.gzip() ? GZIP : 0) | (ask.guarded() ? GUARDED : 0), date, to);
  }

  private static int variant(RenditionView rendition, Ask ask) {
    boolean blocking = ask.directives().isBlocking() || rendition.ended();
    int skip =
        switch (ask.directives().skip()) {
          case NOTHING -> 0;
          case SEGMENTS -> DELTA;
          case SEGMENTS_AND_DATE_RANGES -> DELTA_OF_RANGES;
        };
    return (rendition.ended() ? 0 : skip)
        | (ask.gzip() ? GZIP : 0)
        | (blocking ? BLOCKING : 0)
        | (ask.guarded() ? GUARDED : 0);
  }

  private static Skip skip(int variant) {
    if ((variant & DELTA) != 0) {
      return Skip.SEGMENTS;
    }
    return (variant & DELTA_OF_RANGES) != 0 ? Skip.SEGMENTS_AND_DATE_RANGES : Skip.NOTHING;
  }

  private Rendered ofRendition(Kind kind, TimelineView timeline, RenditionView rendition) {
    return rendered(new Key(timeline.id(), kind, rendition.track().id()));
  }

  private Rendered rendered(Key key) {
    return playlists.computeIfAbsent(key, _ -> new Rendered(key.kind()));
  }

  /** Forgets playlists of timelines that the view no longer has. */
  public void keepOnly(ChannelView view) {
    manifests.keepOnly(timeline -> view.timeline(timeline) != null);
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
    manifests.close();
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
    private final Kind kind;
    private @Nullable TimelineView of;
    private final @Nullable Text[] texts = new @Nullable Text[BLOCKING];
    private final @Nullable Response[] responses = new @Nullable Response[VARIANTS];
    private final long[] seconds = new long[VARIANTS];
    private boolean dropped;

    Rendered(Kind kind) {
      this.kind = kind;
    }

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
              .guarded((variant & GUARDED) != 0)
              .with("Content-Type", "application/vnd.apple.mpegurl")
              .with("Cache-Control", cacheControl(timeline, rendition, variant))
              .with("Vary", "Accept-Encoding");
      if ((variant & GZIP) != 0) {
        head.with("Content-Encoding", "gzip");
      }
      return Response.shared(allocator, head, text(timeline, rendition, variant));
    }

    private byte[] text(TimelineView timeline, @Nullable RenditionView rendition, int variant) {
      int index = variant & ~(BLOCKING | GUARDED);
      Text kept = texts[index];
      if (kept != null) {
        return kept.bytes;
      }
      byte[] bytes =
          (variant & GZIP) != 0
              ? Gzip.compress(text(timeline, rendition, variant & ~GZIP))
              : render(timeline, rendition, skip(variant));
      texts[index] = new Text(bytes);
      return bytes;
    }

    private byte[] render(TimelineView timeline, @Nullable RenditionView rendition, Skip skip) {
      String text;
      if (rendition == null) {
        metrics.renderedMultivariant();
        text = MultivariantRenderer.render(timeline);
      } else {
        metrics.renderedMedia(skip != Skip.NOTHING);
        text =
            kind == Kind.I_FRAMES
                ? PlaylistRenderer.iFrames(timeline, rendition, skip)
                : PlaylistRenderer.media(timeline, rendition, skip);
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
