package io.millrace.limits;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What limits count as one peer: an IPv4 address, or the /64 of an IPv6 address, because whoever
 * has one of its addresses commonly has all of them (RFC 6177).
 */
public record AddressBlock(boolean isIpv6, long prefix) {
  private static final int IPV4_BYTES = 4;
  private static final long MAPPED = 0xffffL;

  /** The block that the address is of; an IPv4-mapped one counts as IPv4 (RFC 4291 2.5.5.2). */
  public static AddressBlock of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    if (bytes.remaining() == IPV4_BYTES) {
      return ipv4(bytes.getInt());
    }
    long prefix = bytes.getLong();
    long rest = bytes.getLong();
    return prefix == 0 && rest >>> Integer.SIZE == MAPPED
        ? ipv4((int) rest)
        : new AddressBlock(/* isIpv6= */ true, prefix);
  }

  private static AddressBlock ipv4(int address) {
    return new AddressBlock(/* isIpv6= */ false, Integer.toUnsignedLong(address));
  }
}
