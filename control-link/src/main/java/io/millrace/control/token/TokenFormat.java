package io.millrace.control.token;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads tokens in the form of our own, base64url without padding (RFC 4648 5) of:
 *
 * <pre>
 *  1  version, 1
 *  1  number of the key
 *  1  what follows the channel: 1 not before, 2 session, 4 addresses, 8 country, 16 id
 *  5  expiry, Unix seconds
 * 16  id of the channel
 *  5  not before, Unix seconds
 *  1  length of the session's name, n
 *  n  the session's name
 *  1  4 or 6: IPv4 or IPv6
 *  1  how many bits of the addresses count, n
 *  n  those bits, in bytes (n+7)/8; the last ones of the last byte 0
 *  2  country
 *  1  length of the id, n: 1 to 16
 *  n  the id
 * 16  the first bytes of the HMAC-SHA-256 of all bytes before
 * </pre>
 *
 * Numbers have their highest byte first. A token has one form: what is not written as it would be
 * here is refused, so that no two texts are the same token.
 */
public final class TokenFormat {
  /** The first byte. */
  static final int VERSION = 1;

  static final int MAC_BYTES = 16;
  static final int KEY_AT = 1;

  private static final int FLAGS_AT = 2;
  private static final int NOT_BEFORE = 1;
  private static final int SESSION = 2;
  private static final int ADDRESSES = 4;
  private static final int COUNTRY = 8;
  private static final int ID = 16;
  private static final int ALL = NOT_BEFORE | SESSION | ADDRESSES | COUNTRY | ID;
  private static final int TIME_BYTES = 5;
  private static final int LEAST_BYTES = 3 + TIME_BYTES + 16 + MAC_BYTES;
  private static final int MOST_BYTES =
      LEAST_BYTES + TIME_BYTES + 1 + TokenClaims.LONGEST_SESSION + 2 + 16 + 2 + 1 + 16;

  /** How long the text can be, characters. */
  public static final int LEAST_CHARS = (LEAST_BYTES * 4 + 2) / 3;

  public static final int MOST_CHARS = (MOST_BYTES * 4 + 2) / 3;

  private TokenFormat() {}

  /**
   * Makes a token.
   *
   * @throws IllegalArgumentException where the claims are of a path: this form has none
   */
  public static String write(TokenClaims claims, TokenKey key) {
    if (!(claims.scope() instanceof TokenScope.OfChannel(UUID channel))) {
      throw new IllegalArgumentException("scope: a path (expected: a channel)");
    }
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.put((byte) VERSION).put((byte) key.number()).put((byte) flags(claims));
    putTime(out, claims.times().expiresAtS());
    out.putLong(channel.getMostSignificantBits());
    out.putLong(channel.getLeastSignificantBits());
    if (claims.times().notBeforeS() > 0) {
      putTime(out, claims.times().notBeforeS());
    }
    if (!claims.session().isEmpty()) {
      byte[] session = claims.session().getBytes(StandardCharsets.US_ASCII);
      out.put((byte) session.length).put(session);
    }
    AddressPrefix addresses = claims.addresses();
    if (addresses != null) {
      out.put((byte) (addresses.isIpv4() ? 4 : 6)).put((byte) addresses.bits());
      out.put(addresses.leading());
    }
    out.put(claims.country().getBytes(StandardCharsets.US_ASCII));
    if (!claims.id().isEmpty()) {
      byte[] id = HexFormat.of().parseHex(claims.id());
      out.put((byte) id.length).put(id);
    }
    Mac mac = key.mac();
    mac.update(out.array(), 0, out.position());
    out.put(mac.doFinal(), 0, MAC_BYTES);
    byte[] token = Arrays.copyOf(out.array(), out.position());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  private static int flags(TokenClaims claims) {
    return (claims.times().notBeforeS() > 0 ? NOT_BEFORE : 0)
        | (claims.session().isEmpty() ? 0 : SESSION)
        | (claims.addresses() == null ? 0 : ADDRESSES)
        | (claims.country().isEmpty() ? 0 : COUNTRY)
        | (claims.id().isEmpty() ? 0 : ID);
  }

  private static void putTime(ByteBuffer out, long seconds) {
    out.put((byte) (seconds >> 32)).putInt((int) seconds);
  }

  /**
   * Reads what a token claims, which proves nothing: the HMAC is the caller's to check first.
   *
   * @param token its bytes, the HMAC with them
   * @return null where it is not written as {@link #write} would
   */
  static @Nullable TokenClaims read(byte[] token) {
    if (token.length < LEAST_BYTES || token.length > MOST_BYTES || token[0] != VERSION) {
      return null;
    }
    int flags = token[FLAGS_AT];
    if ((flags & ~ALL) != 0) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(token, FLAGS_AT + 1, token.length - MAC_BYTES - FLAGS_AT - 1);
    try {
      long expiresAtS = time(in);
      UUID channel = new UUID(in.getLong(), in.getLong());
      long notBeforeS = (flags & NOT_BEFORE) == 0 ? 0 : time(in);
      String session = (flags & SESSION) == 0 ? "" : text(in, in.get() & 0xFF);
      AddressPrefix addresses = (flags & ADDRESSES) == 0 ? null : addresses(in);
      String country = (flags & COUNTRY) == 0 ? "" : text(in, 2);
      String id = (flags & ID) == 0 ? "" : HexFormat.of().formatHex(bytes(in, in.get() & 0xFF));
      TokenClaims claims =
          new TokenClaims(
              new TokenScope.OfChannel(channel),
              new TokenClaims.Times(notBeforeS, expiresAtS),
              id,
              session,
              addresses,
              country);
      return in.hasRemaining() || flags(claims) != flags ? null : claims;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static long time(ByteBuffer in) {
    return (in.get() & 0xFFL) << 32 | (in.getInt() & 0xFFFF_FFFFL);
  }

  private static String text(ByteBuffer in, int length) {
    return new String(bytes(in, length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[Math.min(length, in.remaining() + 1)];
    in.get(bytes);
    return bytes;
  }

  private static AddressPrefix addresses(ByteBuffer in) {
    int family = in.get();
    if (family != 4 && family != 6) {
      throw new IllegalArgumentException("family: " + family + " (expected: 4 or 6)");
    }
    byte[] address = new byte[family == 4 ? 4 : 16];
    int bits = in.get() & 0xFF;
    if (bits > 8 * address.length) {
      throw new IllegalArgumentException(
          "bits: %d (expected: 0..%d)".formatted(bits, 8 * address.length));
    }
    int bytes = (bits + 7) >> 3;
    in.get(address, 0, bytes);
    AddressPrefix prefix = AddressPrefix.of(address, bits);
    if (!Arrays.equals(prefix.leading(), Arrays.copyOf(address, bytes))) {
      throw new IllegalArgumentException("addresses: more bits than count");
    }
    return prefix;
  }
}
