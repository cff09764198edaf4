package io.millrace.sdk.internal;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.ViewerToken;
import io.millrace.sdk.ViewerTokenRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Writes viewers' tokens in the form that edges read. Any thread. */
public final class TokenWriter {
  private static final Pattern KEY = Pattern.compile("mtk_([1-9][0-9]{0,2})_([A-Za-z0-9_-]{43})");
  private static final Pattern SESSION = Pattern.compile("[!-~]{1,32}");
  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

  /** An address is never a name, which would be looked up. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(%1$s(?:\\.%1$s){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:/([0-9]{1,3}))?".formatted(BYTE));

  private static final Duration LONGEST = Duration.ofDays(30);
  private static final String ALGORITHM = "HmacSHA256";
  private static final int VERSION = 1;
  private static final int SESSION_FLAG = 2;
  private static final int ADDRESS_FLAG = 4;
  private static final int ID_FLAG = 16;
  private static final int MAC_BYTES = 16;
  private static final int MOST_BYTES = 128;

  private final int number;
  private final SecretKeySpec secret;

  private TokenWriter(int number, SecretKeySpec secret) {
    this.number = number;
    this.secret = secret;
  }

  /** Reads a key; what was given is in no message. */
  public static TokenWriter of(String key) {
    Matcher parts = KEY.matcher(key);
    if (!parts.matches() || Integer.parseInt(parts.group(1)) > 255) {
      throw new IllegalArgumentException(
          "key: (expected: mtk_NUMBER_SECRET; what was given is not shown)");
    }
    byte[] bytes = Base64.getUrlDecoder().decode(parts.group(2));
    return new TokenWriter(Integer.parseInt(parts.group(1)), new SecretKeySpec(bytes, ALGORITHM));
  }

  /**
   * Writes a token.
   *
   * @param id of the token
   */
  public ViewerToken write(UUID channel, ViewerTokenRequest request, byte[] id, Instant now) {
    requireNonNull(channel, "channel");
    Duration expiresIn = request.expiresIn();
    if (expiresIn.compareTo(Duration.ofSeconds(1)) < 0 || expiresIn.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "expiresIn: %s (expected: 1 s to 30 days)".formatted(expiresIn));
    }
    String session = request.session();
    if (session != null && !SESSION.matcher(session).matches()) {
      throw new IllegalArgumentException(
          "session: (expected: 1 to 32 printable characters of ASCII, no space)");
    }
    long expiresAtS = now.getEpochSecond() + expiresIn.toSeconds();
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.put((byte) VERSION).put((byte) number);
    out.put((byte) (flag(session, SESSION_FLAG) | flag(request.address(), ADDRESS_FLAG) | ID_FLAG));
    out.put((byte) (expiresAtS >> 32)).putInt((int) expiresAtS);
    out.putLong(channel.getMostSignificantBits()).putLong(channel.getLeastSignificantBits());
    if (session != null) {
      byte[] text = session.getBytes(StandardCharsets.US_ASCII);
      out.put((byte) text.length).put(text);
    }
    if (request.address() != null) {
      putAddress(out, request.address());
    }
    out.put((byte) id.length).put(id);
    out.put(mac(out.array(), out.position()), 0, MAC_BYTES);
    byte[] token = Arrays.copyOf(out.array(), out.position());
    return new ViewerToken(
        Base64.getUrlEncoder().withoutPadding().encodeToString(token),
        hex(id),
        channel,
        Instant.ofEpochSecond(expiresAtS),
        null,
        null);
  }

  private static int flag(@Nullable String value, int flag) {
    return value == null ? 0 : flag;
  }

  /** Bits that do not count are 0. */
  private static void putAddress(ByteBuffer out, String text) {
    Matcher parts = ADDRESS.matcher(text);
    byte[] address = parts.matches() ? address(parts.group(1)) : new byte[0];
    int most = 8 * address.length;
    String length = parts.matches() ? parts.group(2) : null;
    int bits = length == null ? most : Integer.parseInt(length);
    if (most == 0 || bits > most) {
      throw new IllegalArgumentException(
          "address: %s (expected: an address, or a network such as 203.0.113.0/24)"
              .formatted(text));
    }
    for (int bit = bits; bit < most; bit++) {
      address[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    out.put((byte) (most == 32 ? 4 : 6)).put((byte) bits).put(address, 0, (bits + 7) >> 3);
  }

  private static byte[] address(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      return new byte[0];
    }
  }

  private byte[] mac(byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(bytes, 0, length);
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder(2 * bytes.length);
    for (byte each : bytes) {
      text.append(Character.forDigit((each >> 4) & 15, 16))
          .append(Character.forDigit(each & 15, 16));
    }
    return text.toString();
  }
}
