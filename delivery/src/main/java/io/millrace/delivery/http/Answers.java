package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.WatchedChannel;
import io.millrace.delivery.dash.ManifestRenderer;
import io.millrace.delivery.dash.ManifestVersion;
import io.millrace.delivery.reload.ReloadDecision;
import io.millrace.delivery.reload.ReloadRules;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.ConfigurationView;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what answers a request, from the channel's view now; or says that it has to wait.
 * Confined to an event loop.
 */
final class Answers {
  /** Waiting requests are given up after so many target durations (RFC 8216bis 6.2.5.2). */
  private static final int WAIT_TARGET_DURATIONS = 3;

  private final DeliveryConfig config;
  private final HttpDate date;
  private final ByteBufAllocator allocator;
  private final Responses responses;

  Answers(DeliveryConfig config, HttpDate date, ByteBufAllocator allocator, Responses responses) {
    this.config = config;
    this.responses = responses;
    this.date = date;
    this.allocator = allocator;
  }

  /**
   * The response, which the caller releases; null where the request waits.
   *
   * @param timedOut whether it has waited long enough: then there is a response
   */
  @Nullable Response answer(WatchedChannel channel, Ask ask, boolean timedOut) {
    Optional<TimelineView> newest = channel.view().newest();
    if (newest.isEmpty()) {
      return withoutView(channel, ask, timedOut);
    }
    return switch (ask.route()) {
      case Route.Multivariant _ -> multivariant(channel, ask, newest.get(), timedOut);
      case Route.Manifest _ -> manifest(channel, ask, newest.get(), timedOut);
      case Route.Patch patch -> patch(channel, ask, patch, timedOut);
      case Route.OfRendition route -> ofRendition(channel, ask, route, timedOut);
    };
  }

  private @Nullable Response withoutView(WatchedChannel channel, Ask ask, boolean timedOut) {
    String name = ask.route().channel();
    return switch (channel.status()) {
      case NOT_LIVE -> responses.notFound("channel " + name + ": not on air");
      case REFUSED -> responses.unavailable("channel " + name + ": this edge has no room for it");
      case GONE -> responses.unavailable("channel " + name + ": ask again");
      case JOINING, FOLLOWING ->
          timedOut
              ? responses.unavailable(
                  "channel " + name + ": no origin has said whether it is on air")
              : null;
    };
  }

  private @Nullable Response multivariant(
      WatchedChannel channel, Ask ask, TimelineView newest, boolean timedOut) {
    if (newest.isPlayable()) {
      return channel.playlists().multivariant(newest, ask, date, allocator);
    }
    return timedOut
        ? responses.unavailable("channel " + ask.route().channel() + ": no media yet")
        : null;
  }

  private @Nullable Response manifest(
      WatchedChannel channel, Ask ask, TimelineView newest, boolean timedOut) {
    Optional<ManifestVersion> version = ManifestRenderer.version(newest);
    if (version.isPresent()) {
      ChannelManifests.Told told = new ChannelManifests.Told(newest, version.get());
      return channel.playlists().manifests().manifest(told, ask, date, allocator);
    }
    return timedOut
        ? responses.unavailable("channel " + ask.route().channel() + ": no media yet")
        : null;
  }

  /** A request for what follows the newest version waits for that. */
  private @Nullable Response patch(
      WatchedChannel channel, Ask ask, Route.Patch route, boolean timedOut) {
    TimelineView timeline = channel.view().timeline(route.timeline());
    Optional<ManifestVersion> newest =
        timeline == null ? Optional.empty() : ManifestRenderer.version(timeline);
    if (timeline == null || newest.isEmpty()) {
      return responses.gone("patch " + route.publishMs() + ": the MPD is another");
    }
    ChannelManifests manifests = channel.playlists().manifests();
    ChannelManifests.Told told = new ChannelManifests.Told(timeline, newest.get());
    return switch (manifests.find(told, route.publishMs())) {
      case ChannelManifests.Unknown from ->
          manifests.withdrawal(from, timeline, ask, date, allocator);
      case ChannelManifests.Newest from ->
          timedOut ? manifests.unchanged(from, told, ask, date, allocator) : null;
      case ChannelManifests.Older from -> manifests.patch(from, told, ask, date, allocator);
    };
  }

  private @Nullable Response ofRendition(
      WatchedChannel channel, Ask ask, Route.OfRendition route, boolean timedOut) {
    TimelineView timeline = channel.view().timeline(route.timeline());
    if (timeline == null) {
      return responses.notFound("timeline " + route.timeline() + ": not in the window");
    }
    RenditionView rendition = timeline.rendition(route.rendition());
    if (rendition == null) {
      return responses.notFound("rendition " + route.rendition() + ": not in the timeline");
    }
    return switch (route) {
      case Route.Playlist _ -> playlist(channel, ask, timeline, rendition, timedOut);
      case Route.IFramePlaylist _ -> iFrames(channel, ask, timeline, rendition, timedOut);
      case Route.Init init -> init(rendition, init, ask);
      case Route.Segment segment -> segment(rendition, segment, ask, timedOut);
      case Route.Part part -> part(rendition, part, ask, timedOut);
    };
  }

  private @Nullable Response playlist(
      WatchedChannel channel,
      Ask ask,
      TimelineView timeline,
      RenditionView rendition,
      boolean timedOut) {
    if (timeline.targetDurationSeconds() == 0 || !rendition.hasMedia()) {
      return timedOut
          ? responses.unavailable("rendition " + rendition.name() + ": no media yet")
          : null;
    }
    return switch (decide(ask, rendition)) {
      case ReloadDecision.Answer _ ->
          channel.playlists().media(timeline, rendition, ask, date, allocator);
      case ReloadDecision.Refuse refuse -> responses.refused(400, refuse.reason());
      case ReloadDecision.Wait _ ->
          timedOut
              ? responses.unavailable(
                  "rendition %s: nothing past segment %d part %d came in time"
                      .formatted(
                          rendition.name(),
                          rendition.open().msn(),
                          rendition.open().partCount() - 1))
              : null;
    };
  }

  private static ReloadDecision decide(Ask ask, RenditionView rendition) {
    return ReloadRules.decide(rendition, ask.directives());
  }

  private @Nullable Response iFrames(
      WatchedChannel channel,
      Ask ask,
      TimelineView timeline,
      RenditionView rendition,
      boolean timedOut) {
    if (rendition.track().kind() != TrackKind.VIDEO) {
      return responses.notFound("rendition " + rendition.name() + ": has no pictures");
    }
    if (timeline.targetDurationSeconds() == 0 || rendition.segments().isEmpty()) {
      return timedOut
          ? responses.unavailable("rendition " + rendition.name() + ": no whole segment yet")
          : null;
    }
    return switch (decide(ask, rendition)) {
      case ReloadDecision.Answer _ ->
          channel.playlists().iFrames(timeline, rendition, ask, date, allocator);
      case ReloadDecision.Refuse refuse -> responses.refused(400, refuse.reason());
      case ReloadDecision.Wait _ ->
          timedOut
              ? responses.unavailable(
                  "rendition %s: segment %d did not come in time"
                      .formatted(rendition.name(), ask.directives().msn()))
              : null;
    };
  }

  private Response init(RenditionView rendition, Route.Init route, Ask ask) {
    for (ConfigurationView configuration : rendition.configurations()) {
      InitSection init = configuration.init();
      if (init.hash().equals(route.hash())) {
        String type = rendition.track().kind() == TrackKind.AUDIO ? "audio/mp4" : "video/mp4";
        ByteBuf body = Unpooled.wrappedBuffer(init.data().asByteBuffer());
        return responses.media(
            List.of(body), type, "\"" + init.hash() + "\"", Responses.FOR_EVER, ask);
      }
    }
    return responses.notFound("init section " + route.hash() + ": not in the window");
  }

  private @Nullable Response segment(
      RenditionView rendition, Route.Segment route, Ask ask, boolean timedOut) {
    SegmentView segment = rendition.segment(route.msn());
    if (segment != null && !segment.complete() && !rendition.ended()) {
      return timedOut
          ? responses.unavailable("segment " + route.msn() + ": did not come in time")
          : null;
    }
    if (segment == null || !segment.complete() || segment.gap()) {
      return responses.notFound("segment " + route.msn() + ": not in the window");
    }
    String etag =
        "\"%s-%s\"".formatted(segment.parts().getFirst().etag(), segment.parts().getLast().etag());
    return published(segment.parts(), "segment " + route.msn(), etag, ask, timedOut);
  }

  /** Whether a segment is asked for that has begun and not ended: something of it can be sent. */
  boolean isOpen(WatchedChannel channel, Ask ask) {
    if (!(ask.route() instanceof Route.Segment route)) {
      return false;
    }
    TimelineView timeline = channel.view().timeline(route.timeline());
    RenditionView rendition = timeline == null ? null : timeline.rendition(route.rendition());
    SegmentView segment = rendition == null ? null : rendition.segment(route.msn());
    return segment != null && !segment.complete() && !segment.gap();
  }

  private @Nullable Response part(
      RenditionView rendition, Route.Part route, Ask ask, boolean timedOut) {
    String name = "part " + route.msn() + "." + route.part();
    PartView part = rendition.part(route.msn(), route.part());
    if (part == null) {
      if (rendition.ended() || !rendition.mayComeNext(route.msn(), route.part())) {
        return responses.notFound(name + ": not in the window");
      }
      return timedOut ? responses.unavailable(name + ": did not come in time") : null;
    }
    return part.gap() ? responses.notFound(name + ": a gap") : published(part, name, ask, timedOut);
  }

  private @Nullable Response published(PartView part, String name, Ask ask, boolean timedOut) {
    PartBytes bytes = part.bytes();
    ByteBuf buffer = bytes == null ? null : bytes.retained();
    if (buffer != null) {
      return responses.part(buffer, "\"" + part.etag() + "\"", ask);
    }
    boolean lost = timedOut || bytes == null || bytes.state() == PartBytes.State.UNAVAILABLE;
    return lost ? responses.notFound(name + ": its bytes are gone") : null;
  }

  /** Published parts as one body; waits for bytes that are missing, not for those given up. */
  private @Nullable Response published(
      List<PartView> parts, String name, String etag, Ask ask, boolean timedOut) {
    List<ByteBuf> buffers = new ArrayList<>(parts.size());
    boolean missing = false;
    boolean lost = timedOut;
    for (PartView part : parts) {
      PartBytes bytes = part.bytes();
      if (bytes == null) {
        continue;
      }
      ByteBuf buffer = bytes.retained();
      if (buffer != null) {
        buffers.add(buffer);
      } else {
        missing = true;
        lost |= bytes.state() == PartBytes.State.UNAVAILABLE;
      }
    }
    if (!missing) {
      return responses.media(buffers, Responses.SEGMENT, etag, Responses.AN_HOUR, ask);
    }
    buffers.forEach(ByteBuf::release);
    return lost ? responses.notFound(name + ": its bytes are gone") : null;
  }

  /** Which bytes the request waits for, so that they are asked for. */
  static List<PartKey> missing(WatchedChannel channel, Ask ask) {
    if (!(ask.route() instanceof Route.OfRendition route)) {
      return List.of();
    }
    TimelineView timeline = channel.view().timeline(route.timeline());
    RenditionView rendition = timeline == null ? null : timeline.rendition(route.rendition());
    if (rendition == null) {
      return List.of();
    }
    List<PartView> parts = new ArrayList<>();
    if (route instanceof Route.Part wanted) {
      PartView part = rendition.part(wanted.msn(), wanted.part());
      if (part != null) {
        parts.add(part);
      }
    } else if (route instanceof Route.Segment wanted) {
      SegmentView segment = rendition.segment(wanted.msn());
      if (segment != null && segment.complete()) {
        parts.addAll(segment.parts());
      }
    }
    return parts.stream()
        .filter(part -> part.bytes() != null && part.bytes().state() != PartBytes.State.PRESENT)
        .map(PartView::key)
        .toList();
  }

  /** How long the request may wait. */
  Duration patience(WatchedChannel channel, Ask ask) {
    Optional<TimelineView> newest = channel.view().newest();
    if (newest.isEmpty()
        || ask.route() instanceof Route.Multivariant
        || ask.route() instanceof Route.Manifest) {
      return config.startTimeout();
    }
    if (!missing(channel, ask).isEmpty()) {
      return config.bytesTimeout();
    }
    int target = newest.get().targetDurationSeconds();
    if (ask.route() instanceof Route.Patch) {
      return Duration.ofSeconds(Math.max(1, target));
    }
    return target == 0
        ? config.startTimeout()
        : Duration.ofSeconds((long) WAIT_TARGET_DURATIONS * target);
  }

  Response unknown(String channel) {
    return responses.notFound("channel " + channel + ": unknown");
  }

  /** Not 404, at which players give up. */
  Response notKnownYet(String channel) {
    return responses.unavailable(
        "channel " + channel + ": not known yet, this edge waits for the directory");
  }
}
