package io.millrace.delivery.http;

import io.millrace.delivery.reload.ReloadDirectives;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request without what is the client's own: equal ones get the same response and wait
 * together.
 */
record Ask(
    Route.OfChannel route,
    ReloadDirectives directives,
    boolean gzip,
    @Nullable String range,
    @Nullable String ifNoneMatch) {
  /** Keeps of a request what matters to its route. */
  static Ask of(Route.OfChannel route, Request request) {
    return switch (route) {
      case Route.Multivariant multivariant ->
          new Ask(multivariant, ReloadDirectives.NONE, request.gzip(), null, null);
      case Route.Playlist playlist ->
          new Ask(playlist, ReloadDirectives.parse(request.query()), request.gzip(), null, null);
      case Route.IFramePlaylist playlist ->
          new Ask(
              playlist,
              ReloadDirectives.parse(request.query()).withoutPart(),
              request.gzip(),
              null,
              null);
      case Route.Init init -> media(init, request);
      case Route.Segment segment -> media(segment, request);
      case Route.Part part -> media(part, request);
    };
  }

  private static Ask media(Route.OfChannel route, Request request) {
    return new Ask(route, ReloadDirectives.NONE, false, request.range(), request.ifNoneMatch());
  }
}
