package io.millrace.control.token;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Names a network: the first bits of its addresses (RFC 4632, RFC 4291 2.3). Immutable.
 *
 * <p>An IPv4 address within an IPv6 one (RFC 4291 2.5.5.2) is the IPv4 address: what Java's own
 * classes make of it.
 */
public final class AddressPrefix {
  private final byte[] first;
  private final int bits;

  private AddressPrefix(byte[] first, int bits) {
    this.first = first;
    this.bits = bits;
  }

  /**
   * The network of an address.
   *
   * @param bits how many of its bits count: 0 to 32, of an IPv6 address to 128
   */
  public static AddressPrefix of(InetAddress address, int bits) {
    return of(address.getAddress(), bits);
  }

  /**
   * Reads {@code 203.0.113.0/24}, {@code 2001:db8::/48}, or one address alone. Nothing is asked of
   * a name server.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static AddressPrefix parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
    return of(
        address, slash < 0 ? 8 * address.length : Integer.parseInt(text.substring(slash + 1)));
  }

  /** The like, of an address' 4 or 16 bytes. */
  static AddressPrefix of(byte[] address, int bits) {
    byte[] bytes = address.clone();
    if (bits < 0 || bits > 8 * bytes.length) {
      throw new IllegalArgumentException(
          "bits: %d (expected: 0..%d)".formatted(bits, 8 * bytes.length));
    }
    for (int bit = bits; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    return new AddressPrefix(bytes, bits);
  }

  /** Whether the address is one of the network. Allocates nothing. */
  public boolean contains(byte[] address) {
    if (address.length != first.length) {
      return false;
    }
    int whole = bits >> 3;
    for (int i = 0; i < whole; i++) {
      if (address[i] != first[i]) {
        return false;
      }
    }
    int rest = bits & 7;
    return rest == 0 || ((address[whole] ^ first[whole]) & (0xFF00 >> rest) & 0xFF) == 0;
  }

  boolean isIpv4() {
    return first.length == 4;
  }

  int bits() {
    return bits;
  }

  /** The bytes that the bits are in. */
  byte[] leading() {
    return Arrays.copyOf(first, (bits + 7) >> 3);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressPrefix that
        && bits == that.bits
        && Arrays.equals(first, that.first);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(first) + bits;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(first).getHostAddress() + "/" + bits;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
