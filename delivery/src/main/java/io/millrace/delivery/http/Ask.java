package io.millrace.delivery.http;

import io.millrace.delivery.reload.ReloadDirectives;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request without what is the client's own: equal ones get the same response and wait
 * together.
 *
 * @param guarded whether the channel's viewers need a token
 * @param pieces whether the body can be sent while it is made
 */
record Ask(
    Route.OfChannel route,
    ReloadDirectives directives,
    boolean pieces,
    boolean gzip,
    boolean guarded,
    @Nullable String range,
    @Nullable String ifNoneMatch) {
  /** Keeps of a request what matters to its route. */
  static Ask of(Route.OfChannel route, Request request, boolean guarded) {
    Ask open = ofOpen(route, request);
    return guarded
        ? new Ask(
            open.route,
            open.directives,
            open.pieces,
            open.gzip,
            /* guarded= */ true,
            open.range,
            open.ifNoneMatch)
        : open;
  }

  private static Ask ofOpen(Route.OfChannel route, Request request) {
    return switch (route) {
      case Route.Multivariant multivariant ->
          text(multivariant, ReloadDirectives.NONE, request, null);
      case Route.Playlist playlist ->
          text(playlist, ReloadDirectives.parse(request.query()), request, null);
      case Route.IFramePlaylist playlist ->
          text(playlist, ReloadDirectives.parse(request.query()).withoutPart(), request, null);
      case Route.Manifest manifest ->
          text(manifest, ReloadDirectives.NONE, request, request.ifNoneMatch());
      case Route.Patch patch -> text(patch, ReloadDirectives.NONE, request, null);
      case Route.Init init -> media(init, false, request);
      case Route.Segment segment -> media(segment, request.pieces(), request);
      case Route.Part part -> media(part, false, request);
    };
  }

  private static Ask text(
      Route.OfChannel route,
      ReloadDirectives directives,
      Request request,
      @Nullable String ifNoneMatch) {
    return new Ask(route, directives, false, request.gzip(), false, null, ifNoneMatch);
  }

  private static Ask media(Route.OfChannel route, boolean pieces, Request request) {
    return new Ask(
        route,
        ReloadDirectives.NONE,
        pieces,
        /* gzip= */ false,
        /* guarded= */ false,
        request.range(),
        request.ifNoneMatch());
  }
}
