package io.millrace.control.token;

import io.millrace.control.token.CborReader.Malformed;
import io.millrace.control.token.TokenClaims.Times;
import java.util.HexFormat;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Reads Common Access Tokens (CTA-5007): a CWT (RFC 8392) in a COSE_Mac0 (RFC 9052 6.2) with HMAC
 * 256/256. Confined to one thread.
 *
 * <p>Taken are the claims that bind a token to a channel and a time: {@code catu} with a path,
 * {@code exp}, {@code nbf}, {@code cti} as its id, {@code sub} as its session. {@code iss}, {@code
 * iat} and {@code catv} 1 say nothing more. Any other claim limits what the token allows in a way
 * that is not looked at here, so with one it is refused, as it is without an end or a path.
 *
 * <p>A {@code kid} is the key's number, in decimal digits; without one each key in force is tried.
 */
final class CommonAccessToken {
  /** What the forms of it begin with: a tag of CWT, a tag of COSE_Mac0, an array of four. */
  static final int CWT = 0xD8;

  static final int MAC0 = 0xD1;
  static final int UNTAGGED = 0x84;

  private static final int CWT_TAG = 61;
  private static final int MAC0_TAG = 17;

  private static final int ALGORITHM = 1;
  private static final int KEY_ID = 4;
  private static final int HMAC_256_256 = 5;
  private static final int MAC_BYTES = 32;
  private static final int MOST_KEY_ID = 3;

  private static final int ISS = 1;
  private static final int SUB = 2;
  private static final int EXP = 4;
  private static final int NBF = 5;
  private static final int IAT = 6;
  private static final int CTI = 7;
  private static final int CATV = 310;
  private static final int CATU = 312;
  private static final int PATH = 3;
  private static final int EXACT = 0;
  private static final int PREFIX = 1;
  private static final int MOST_TEXT = 255;
  private static final int MOST_CLAIMS = 16;

  private final byte[] token;
  private final CborReader in;

  // Of the token that is read: where its parts are.
  private int protectedAt;
  private int protectedLength;
  private int payloadAt;
  private int payloadLength;
  private int macAt;
  private int algorithm;
  private int keyNumber;

  // Its claims.
  private long notBeforeS;
  private long expiresAtS;
  private String id = "";
  private String session = "";
  private @Nullable TokenScope scope;

  /** Reads what will lie at the beginning of {@code token}. */
  CommonAccessToken(byte[] token) {
    this.token = token;
    this.in = new CborReader(token);
  }

  static boolean begins(byte first) {
    int value = first & 0xFF;
    return value == CWT || value == MAC0 || value == UNTAGGED;
  }

  /** Finds the parts of a COSE_Mac0. */
  void open(int length) throws Malformed {
    in.begin(0, length);
    long tag = in.kind() == CborReader.TAG ? in.tag() : 0;
    if (tag == CWT_TAG) {
      tag = in.tag(); // RFC 8392 6: the CWT tag is before one of COSE
    }
    if ((tag != 0 && tag != MAC0_TAG) || in.array() != 4) {
      throw new Malformed("not a COSE_Mac0");
    }
    algorithm = 0;
    keyNumber = 0;
    protectedLength = in.bytes();
    protectedAt = in.position();
    header(/* isProtected= */ true, protectedAt + protectedLength);
    in.begin(protectedAt + protectedLength, length);
    header(/* isProtected= */ false, length);
    payloadLength = in.bytes();
    payloadAt = in.position();
    in.skip(payloadLength);
    int macLength = in.bytes();
    macAt = in.position();
    in.skip(macLength);
    if (!in.isAtEnd() || macLength != MAC_BYTES || algorithm != HMAC_256_256) {
      throw new Malformed("not with HMAC 256/256");
    }
  }

  /** Header parameters, each once (RFC 9052 3); the algorithm is protected. */
  private void header(boolean isProtected, int end) throws Malformed {
    in.begin(in.position(), end);
    if (isProtected && in.isAtEnd()) {
      return;
    }
    for (int count = in.map(); count > 0; count--) {
      long label = in.integer();
      if (label == ALGORITHM && isProtected && algorithm == 0) {
        algorithm = Math.clamp(in.integer(), -1, Integer.MAX_VALUE);
      } else if (label == KEY_ID && keyNumber == 0) {
        keyNumber = keyNumber();
      } else {
        throw new Malformed("a header parameter that is not known, or comes twice");
      }
    }
    if (isProtected && !in.isAtEnd()) {
      throw new Malformed("more than a map");
    }
  }

  private int keyNumber() throws Malformed {
    int length = in.bytes();
    int number = 0;
    for (int i = 0; i < length; i++) {
      int digit = token[in.position() + i] - '0';
      if (length > MOST_KEY_ID || digit < 0 || digit > 9 || (i == 0 && digit == 0)) {
        throw new Malformed("kid (expected: the number of a key)");
      }
      number = number * 10 + digit;
    }
    in.skip(length);
    if (number == 0) {
      throw new Malformed("kid (expected: the number of a key)");
    }
    return number;
  }

  /** Of the key that it names; 0: it names none. */
  int namedKey() {
    return keyNumber;
  }

  /** Whether it was made with the key. Takes the same time however much of it is right. */
  boolean isMadeWith(Mac key) {
    // MAC_structure, RFC 9052 6.3: ["MAC0", protected, external_aad, payload].
    key.update(MAC_STRUCTURE);
    head(key, protectedLength);
    key.update(token, protectedAt, protectedLength);
    head(key, 0);
    head(key, payloadLength);
    key.update(token, payloadAt, payloadLength);
    byte[] mac = key.doFinal();
    int differing = 0;
    for (int i = 0; i < MAC_BYTES; i++) {
      differing |= mac[i] ^ token[macAt + i];
    }
    return differing == 0;
  }

  private static final byte[] MAC_STRUCTURE = {(byte) 0x84, 0x64, 'M', 'A', 'C', '0'};

  /** The head of a byte string. */
  private static void head(Mac to, int length) {
    if (length < 24) {
      to.update((byte) (0x40 | length));
    } else if (length < 256) {
      to.update((byte) 0x58);
      to.update((byte) length);
    } else {
      to.update((byte) 0x59);
      to.update((byte) (length >> 8));
      to.update((byte) length);
    }
  }

  /**
   * Reads the claims.
   *
   * @return null where there is one that is not understood here, or one that is needed is not there
   */
  @Nullable TokenClaims claims() throws Malformed {
    notBeforeS = 0;
    expiresAtS = 0;
    id = "";
    session = "";
    scope = null;
    in.begin(payloadAt, payloadAt + payloadLength);
    int count = in.map();
    long seen = 0;
    if (count > MOST_CLAIMS) {
      return null;
    }
    for (; count > 0; count--) {
      if (in.kind() == CborReader.TEXT) {
        return null; // a claim by name, none of ours
      }
      long label = in.integer();
      long bit = bit(label);
      if (bit == 0 || !take((int) label)) {
        return null;
      }
      if ((seen & bit) != 0) {
        throw new Malformed("a claim that comes twice");
      }
      seen |= bit;
    }
    if (!in.isAtEnd()) {
      throw new Malformed("more than a map");
    }
    TokenScope read = scope;
    if (read == null || expiresAtS == 0) {
      return null;
    }
    try {
      return new TokenClaims(read, new Times(notBeforeS, expiresAtS), id, session, null, "");
    } catch (IllegalArgumentException e) {
      throw new Malformed("claims that cannot be");
    }
  }

  /** One for each claim that is understood; 0 for others. */
  private static long bit(long label) {
    if (label >= ISS && label <= CTI && label != 3) {
      return 1L << label;
    }
    return label == CATV ? 1L << 8 : label == CATU ? 1L << 9 : 0;
  }

  /** Reads a claim's value; false where it is not understood. */
  private boolean take(int label) throws Malformed {
    switch (label) {
      case ISS -> {
        var _ = in.text(MOST_TEXT);
      }
      case SUB -> session = in.text(TokenClaims.LONGEST_SESSION);
      case EXP -> expiresAtS = in.unsigned();
      case NBF -> notBeforeS = in.unsigned();
      case IAT -> {
        var _ = in.unsigned();
      }
      case CTI -> {
        int length = in.bytes();
        if (length > 16) {
          return false;
        }
        id = HexFormat.of().formatHex(token, in.position(), in.position() + length);
        in.skip(length);
      }
      case CATV -> {
        return in.unsigned() == 1;
      }
      case CATU -> {
        return takeUri();
      }
      default -> throw new IllegalStateException("label: " + label);
    }
    return true;
  }

  /** One component, the path, and one way to match it. */
  private boolean takeUri() throws Malformed {
    if (in.map() != 1 || in.integer() != PATH || in.map() != 1) {
      return false;
    }
    long match = in.integer();
    if (match != EXACT && match != PREFIX) {
      return false;
    }
    String path = in.text(MOST_TEXT);
    try {
      scope = match == EXACT ? new TokenScope.Exactly(path) : new TokenScope.Below(path);
    } catch (IllegalArgumentException e) {
      return false; // it is of more than a channel
    }
    return true;
  }
}
