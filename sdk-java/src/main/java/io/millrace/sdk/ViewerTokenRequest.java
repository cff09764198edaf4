package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer's token is to allow. Begin with {@link #lasting}.
 *
 * @param expiresIn until then a session can begin with it; whole seconds
 * @param session names the session, to revoke all its tokens by: 1 to 32 printable characters of
 *     ASCII without spaces; null: none
 * @param address where the viewer must be: an address, or a network such as {@code 203.0.113.0/24};
 *     null: anywhere
 */
public record ViewerTokenRequest(
    Duration expiresIn, @Nullable String session, @Nullable String address) {
  /** Checks that nothing is missing. The API checks the rest. */
  public ViewerTokenRequest {
    requireNonNull(expiresIn, "expiresIn");
  }

  /**
   * Asks for a token that anybody may use from anywhere.
   *
   * @param expiresIn until then a session can begin with it
   * @return a request for it
   */
  public static ViewerTokenRequest lasting(Duration expiresIn) {
    return new ViewerTokenRequest(expiresIn, null, null);
  }

  /**
   * Names the session.
   *
   * @param session 1 to 32 printable characters of ASCII without spaces
   * @return this request with it
   */
  public ViewerTokenRequest withSession(String session) {
    return new ViewerTokenRequest(expiresIn, requireNonNull(session, "session"), address);
  }

  /**
   * Says where the viewer must be.
   *
   * @param address an address, or a network such as {@code 203.0.113.0/24} or {@code 2001:db8::/48}
   * @return this request with it
   */
  public ViewerTokenRequest withAddress(String address) {
    return new ViewerTokenRequest(expiresIn, session, requireNonNull(address, "address"));
  }
}
