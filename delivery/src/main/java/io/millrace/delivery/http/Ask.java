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
  /**
   * Keeps of a request what matters to its route.
   *
   * @param guarded whether the channel's viewers need a token
   */
  static Ask of(Route.OfChannel route, Request request, boolean guarded) {
    return switch (route) {
      case Route.Multivariant _ -> text(route, ReloadDirectives.NONE, request, guarded);
      case Route.Playlist _ ->
          text(route, ReloadDirectives.parse(request.query()), request, guarded);
      case Route.IFramePlaylist _ ->
          text(route, ReloadDirectives.parse(request.query()).withoutPart(), request, guarded);
      case Route.Manifest _ ->
          new Ask(
              route,
              ReloadDirectives.NONE,
              /* pieces= */ false,
              request.gzip(),
              guarded,
              /* range= */ null,
              request.ifNoneMatch());
      case Route.Patch _ -> text(route, ReloadDirectives.NONE, request, guarded);
      case Route.Init _ -> media(route, /* pieces= */ false, request, guarded);
      case Route.Segment _ -> media(route, request.pieces(), request, guarded);
      case Route.Part _ -> media(route, /* pieces= */ false, request, guarded);
    };
  }

  private static Ask text(
      Route.OfChannel route, ReloadDirectives directives, Request request, boolean guarded) {
    return new Ask(
        route,
        directives,
        /* pieces= */ false,
        request.gzip(),
        guarded,
        /* range= */ null,
        /* ifNoneMatch= */ null);
  }

  private static Ask media(
      Route.OfChannel route, boolean pieces, Request request, boolean guarded) {
    return new Ask(
        route,
        ReloadDirectives.NONE,
        pieces,
        /* gzip= */ false,
        guarded,
        request.range(),
        request.ifNoneMatch());
  }
}
