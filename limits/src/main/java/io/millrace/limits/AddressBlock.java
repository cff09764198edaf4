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

  /** As logs name it: {@code 192.0.2.1} or {@code 2001:db8:0:1::/64}. */
  @Override
  public String toString() {
    return isIpv6
        ? "%x:%x:%x:%x::/64"
            .formatted(
                prefix >>> 48, prefix >>> 32 & 0xffff, prefix >>> 16 & 0xffff, prefix & 0xffff)
        : "%d.%d.%d.%d"
            .formatted(prefix >>> 24, prefix >>> 16 & 0xff, prefix >>> 8 & 0xff, prefix & 0xff);
  }
}
