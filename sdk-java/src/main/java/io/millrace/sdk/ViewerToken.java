package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's token for a channel. Whoever has it may watch: it is not shown by {@link #toString}.
 *
 * @param token stands before the path of what is watched ({@code /t/TOKEN/live/…}), in the header
 *     {@code Authorization: Bearer}, or in the cookie {@code millrace-token}
 * @param id to revoke it by
 * @param channel the channel's id
 * @param expiresAt until then a session can begin with it
 * @param hls where to watch with it over HLS; null while no edge is there, and where it was made
 *     without asking the API
 * @param dash the like over DASH
 */
public record ViewerToken(
    String token,
    String id,
    UUID channel,
    Instant expiresAt,
    @Nullable String hls,
    @Nullable String dash) {
  /** Checks that nothing is missing. */
  public ViewerToken {
    requireNonNull(token, "token");
    requireNonNull(id, "id");
    requireNonNull(channel, "channel");
    requireNonNull(expiresAt, "expiresAt");
  }

  /** {@return what it is for, not the token} */
  @Override
  public String toString() {
    return "ViewerToken[id=%s, channel=%s, expiresAt=%s]".formatted(id, channel, expiresAt);
  }
}
