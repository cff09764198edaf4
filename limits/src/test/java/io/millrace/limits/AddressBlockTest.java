package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class AddressBlockTest {
  @Test
  void anIpv4AddressIsABlockOfItsOwn() throws Exception {
    assertThat(block("192.0.2.1")).isEqualTo(block("192.0.2.1"));
    assertThat(block("192.0.2.1")).isNotEqualTo(block("192.0.2.2"));
  }

  @Test
  void theIpv6AddressesOfAPrefixAreOneBlock() throws Exception {
    assertThat(block("2001:db8:0:1::1")).isEqualTo(block("2001:db8:0:1:ffff:ffff:ffff:ffff"));
    assertThat(block("2001:db8:0:1::1")).isNotEqualTo(block("2001:db8:0:2::1"));
    assertThat(block("::1")).isNotEqualTo(block("0.0.0.1"));
  }

  @Test
  void anIpv4MappedAddressCountsAsIpv4() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = (byte) 192;
    mapped[14] = 2;
    mapped[15] = 1;
    // Of no scope: the usual factory would make an Inet4Address of it.
    Inet6Address address = Inet6Address.getByAddress(null, mapped, -1);

    assertThat(AddressBlock.of(address)).isEqualTo(block("192.0.2.1"));
  }

  @Test
  void isNamedAsAddressesAre() throws Exception {
    assertThat(block("192.0.2.200")).hasToString("192.0.2.200");
    assertThat(block("2001:db8:0:ffff::7")).hasToString("2001:db8:0:ffff::/64");
  }

  private static AddressBlock block(String address) throws UnknownHostException {
    return AddressBlock.of(InetAddress.getByName(address));
  }
}
