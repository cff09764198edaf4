package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.internal.TokenWriter;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/**
 * Makes viewers' tokens with a key, without asking the API. Any number of threads may use it.
 *
 * <p>The key is what {@code POST /api/v1/token-keys} or {@code ./millrace channel token-key} shows
 * once. Its tokens are good until the second key after it is made.
 */
public final class ViewerTokens {
  private static final int ID_BYTES = 8;

  private final TokenWriter writer;
  private final SecureRandom random = new SecureRandom();

  private ViewerTokens(TokenWriter writer) {
    this.writer = writer;
  }

  /**
   * Takes a key.
   *
   * @param key the text of it, such as {@code mtk_2_…}
   * @return what makes tokens with it
   * @throws IllegalArgumentException if it is no key; what was given is not shown
   */
  public static ViewerTokens with(String key) {
    return new ViewerTokens(TokenWriter.of(requireNonNull(key, "key")));
  }

  /**
   * Makes a token, with an id of its own.
   *
   * @param channel the channel's id, {@link Channel#id}
   * @param request what it is to allow
   * @return the token, without addresses: {@code /t/TOKEN} comes before the path of {@link
   *     WatchAddresses}
   * @throws IllegalArgumentException if a value is not one
   */
  public ViewerToken make(UUID channel, ViewerTokenRequest request) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return writer.write(channel, request, id, Instant.now());
  }

  /** {@return nothing of the key} */
  @Override
  public String toString() {
    return "ViewerTokens";
  }
}
