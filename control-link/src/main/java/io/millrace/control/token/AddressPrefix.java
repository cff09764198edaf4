package io.millrace.control.token;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

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

  /** Its form in messages: of an IPv6 network the bytes. */
  @Override
  public String toString() {
    return isIpv4()
        ? "%d.%d.%d.%d/%d"
            .formatted(first[0] & 0xFF, first[1] & 0xFF, first[2] & 0xFF, first[3] & 0xFF, bits)
        : HexFormat.of().formatHex(first) + "/" + bits;
  }
}
