package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.dash.ManifestRenderer;
import io.millrace.delivery.dash.ManifestVersion;
import io.millrace.media.channel.TimelineId;
import io.millrace.window.index.TimelineView;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel's rendered MPDs and patches: each is rendered when it is first asked for, and
 * shared by all event loops. Remembers the versions that viewers have, to patch them.
 *
 * <p>A timeline's lock is held while something is rendered: a loop that comes second would
 * otherwise do the same work in the same time.
 */
final class ChannelManifests implements AutoCloseable {
  private static final String MANIFEST_TYPE = "application/dash+xml";
  private static final String PATCH_TYPE = "application/dash-patch+xml";
  private static final String BRIEFLY = "public, max-age=1";

  /** Versions that can be patched; players ask for the patch of the last one or two. */
  private static final int MOST_VERSIONS = 16;

  /** Patches of the newest version that are kept. */
  private static final int MOST_PATCHES = 32;

  private static final int VARIANTS = 4;

  private final DeliveryMetrics metrics;
  private final ConcurrentHashMap<TimelineId, Versions> timelines = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** A version with the view that it was made of. */
  record Told(TimelineView view, ManifestVersion version) {}

  /** What a version that was published at an instant is to this node. */
  sealed interface Known {}

  /** There is nothing newer. */
  record Newest(long publishMs) implements Known {}

  record Older(Told told, long publishMs) implements Known {}

  /** What it told is not known. */
  record Unknown(long publishMs) implements Known {}

  ChannelManifests(DeliveryMetrics metrics) {
    this.metrics = metrics;
  }

  /** The MPD; the caller releases it. */
  Response manifest(Told newest, Ask ask, HttpDate date, ByteBufAllocator allocator) {
    return versions(newest).manifest(newest, ask, date, allocator);
  }

  /** What is known of the version that was published at that instant. */
  Known find(Told newest, long publishMs) {
    return versions(newest).find(newest, publishMs);
  }

  /** The patch to the newest version; the caller releases it. */
  Response patch(Older from, Told newest, Ask ask, HttpDate date, ByteBufAllocator allocator) {
    return patch(versions(newest).patch(from, newest), ask, date, allocator);
  }

  /** The patch that tells of nothing new; the caller releases it. */
  Response unchanged(Newest from, Told newest, Ask ask, HttpDate date, ByteBufAllocator allocator) {
    metrics.renderedPatch();
    String text = ManifestRenderer.unchanged(newest.view(), newest.version(), from.publishMs());
    return patch(text.getBytes(StandardCharsets.UTF_8), ask, date, allocator);
  }

  /** The patch that sends its player to the MPD; the caller releases it. */
  Response withdrawal(
      Unknown from, TimelineView timeline, Ask ask, HttpDate date, ByteBufAllocator allocator) {
    String text = ManifestRenderer.withdrawal(timeline, from.publishMs());
    return patch(text.getBytes(StandardCharsets.UTF_8), ask, date, allocator);
  }

  private static Response patch(byte[] text, Ask ask, HttpDate date, ByteBufAllocator allocator) {
    byte[] body = ask.gzip() ? Gzip.compress(text) : text;
    return Response.small(allocator, head(PATCH_TYPE, ask, date), body);
  }

  private static Head head(String type, Ask ask, HttpDate date) {
    Head head =
        new Head(200, date.text())
            .guarded(ask.guarded())
            .with("Content-Type", type)
            .with("Cache-Control", BRIEFLY)
            .with("Vary", "Accept-Encoding");
    return ask.gzip() ? head.with("Content-Encoding", "gzip") : head;
  }

  private Versions versions(Told newest) {
    return timelines.computeIfAbsent(newest.version().timeline(), _ -> new Versions());
  }

  /** Forgets those of timelines that the view no longer has. */
  void keepOnly(Predicate<TimelineId> kept) {
    timelines
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !kept.test(entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  @Override
  public void close() {
    closed = true;
    timelines.values().forEach(Versions::close);
    timelines.clear();
  }

  /** One timeline's. */
  private final class Versions {
    private final ArrayDeque<Told> known = new ArrayDeque<>();
    private final @Nullable Response[] responses = new @Nullable Response[VARIANTS];
    private final long[] seconds = new long[VARIANTS];
    private final Map<Long, byte[]> patches = new HashMap<>();
    private final Map<ManifestVersion, Boolean> patchable = new HashMap<>();
    private @Nullable ManifestVersion patchableTo;
    private @Nullable ManifestVersion current;
    private byte[] text = new byte[0];
    private String etag = "";
    private boolean dropped;

    synchronized Response manifest(
        Told newest, Ask ask, HttpDate date, ByteBufAllocator allocator) {
      render(newest);
      int variant = (ask.gzip() ? 1 : 0) | (ask.guarded() ? 2 : 0);
      String tag = "\"" + etag + (ask.gzip() ? "-gzip\"" : "\"");
      if (ask.ifNoneMatch() != null && Responses.matches(ask.ifNoneMatch(), tag)) {
        Head head = new Head(304, date.text()).guarded(ask.guarded()).with("ETag", tag);
        return Response.small(
            allocator,
            head.with("Cache-Control", BRIEFLY).with("Vary", "Accept-Encoding"),
            new byte[0]);
      }
      Response kept = responses[variant];
      if (kept != null && seconds[variant] == date.second()) {
        return kept.retain();
      }
      Response fresh =
          Response.shared(
              allocator,
              head(MANIFEST_TYPE, ask, date).with("ETag", tag),
              ask.gzip() ? Gzip.compress(text) : text);
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

    private void render(Told newest) {
      if (newest.version().equals(current)) {
        return;
      }
      clear();
      metrics.renderedManifest();
      // A loop that is ahead or behind may have told it before.
      Told told = firstTold(newest);
      String mpd = ManifestRenderer.manifest(told.view(), told.version());
      text = mpd.getBytes(StandardCharsets.UTF_8);
      etag = Long.toHexString(Request.hash(Request.HASH_START, mpd));
      current = told.version();
      known.removeIf(each -> each.version().equals(told.version()));
      known.addLast(told);
      if (known.size() > MOST_VERSIONS) {
        known.removeFirst();
      }
    }

    /** The version with the view that it was told of first, which may have had more. */
    private Told firstTold(Told again) {
      for (Told told : known) {
        if (told.version().equals(again.version())) {
          return told;
        }
      }
      return again;
    }

    synchronized Known find(Told newest, long publishMs) {
      for (Told told : known) {
        if (told.version().publishMs() == publishMs) {
          return known(told, newest, publishMs);
        }
      }
      Optional<ManifestVersion> version =
          ManifestRenderer.publishedAt(newest.view(), newest.version(), publishMs);
      return version.isEmpty()
          ? new Unknown(publishMs)
          : known(firstTold(new Told(newest.view(), version.get())), newest, publishMs);
    }

    /** A loop that is behind has nothing newer to tell either. */
    private Known known(Told told, Told newest, long publishMs) {
      return told.version().publishMs() < newest.version().publishMs()
          ? new Older(told, publishMs)
          : new Newest(publishMs);
    }

    /** Asked again and again of the same versions, and dear where there are events. */
    private boolean isPatchable(Told told, Told newest) {
      if (!ManifestRenderer.tellsRanges(told.view())
          && !ManifestRenderer.tellsRanges(newest.view())) {
        return true;
      }
      if (!newest.version().equals(patchableTo)) {
        patchable.clear();
        patchableTo = newest.version();
      }
      Boolean known = patchable.get(told.version());
      if (known == null) {
        // Whoever holds one of so many old versions is better off with the MPD.
        known =
            patchable.size() < MOST_PATCHES
                && ManifestRenderer.isPatchable(
                    told.view(), told.version(), newest.view(), newest.version());
        if (patchable.size() < MOST_PATCHES) {
          patchable.put(told.version(), known);
        }
      }
      return known;
    }

    synchronized byte[] patch(Older from, Told newest) {
      // Whoever takes the patch has this version, which nobody may have asked for.
      render(newest);
      byte[] kept = patches.get(from.publishMs());
      if (kept != null) {
        return kept;
      }
      metrics.renderedPatch();
      byte[] fresh = text(from, newest).getBytes(StandardCharsets.UTF_8);
      if (patches.size() < MOST_PATCHES) {
        patches.put(from.publishMs(), fresh);
      }
      return fresh;
    }

    private String text(Older from, Told newest) {
      Told old = from.told();
      return isPatchable(old, newest)
          ? ManifestRenderer.patch(
              old.view(), old.version(), from.publishMs(), newest.view(), newest.version())
          : ManifestRenderer.lastPatch(
              old.view(), old.version(), from.publishMs(), newest.view(), newest.version());
    }

    synchronized void close() {
      dropped = true;
      clear();
      known.clear();
    }

    private void clear() {
      for (int i = 0; i < VARIANTS; i++) {
        Response response = responses[i];
        if (response != null) {
          response.release();
          responses[i] = null;
        }
      }
      Arrays.fill(seconds, 0);
      patches.clear();
    }
  }
}
