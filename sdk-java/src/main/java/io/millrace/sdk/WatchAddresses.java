package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where viewers find a channel. They need no token for it.
 *
 * @param hls the multivariant playlist, for any HLS player; null while no edge is there
 * @param dash the DASH manifest, for any DASH player; null while no edge is there
 * @param page a page that plays the channel
 */
public record WatchAddresses(@Nullable URI hls, @Nullable URI dash, URI page) {
  /** Checks that the page is there. */
  public WatchAddresses {
    requireNonNull(page, "page");
  }
}
