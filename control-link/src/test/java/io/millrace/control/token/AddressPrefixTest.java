package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPrefixTest {
  @ParameterizedTest
  @CsvSource({
    "203.0.113.77, 32, 203.0.113.77, true",
    "203.0.113.77, 32, 203.0.113.76, false",
    "203.0.113.77, 24, 203.0.113.1, true",
    "203.0.113.77, 24, 203.0.112.77, false",
    "203.0.113.77, 23, 203.0.112.77, true",
    "203.0.113.77, 1, 128.0.0.1, true",
    "203.0.113.77, 1, 127.0.0.1, false",
    "203.0.113.77, 0, 10.0.0.1, true",
    "203.0.113.77, 0, 2001:db8::1, false",
    "2001:db8::1, 64, 2001:db8::ffff:0:0:1, true",
    "2001:db8::1, 64, 2001:db8:0:1::1, false",
    "2001:db8::1, 128, 2001:db8::1, true",
    "2001:db8::1, 127, 2001:db8::0, true",
    // What dual-stack sockets tell of an IPv4 client.
    "203.0.113.77, 24, ::ffff:203.0.113.5, true",
  })
  void containsTheAddressesThatBeginLikeIt(String of, int bits, String other, boolean within)
      throws Exception {
    AddressPrefix prefix = AddressPrefix.of(InetAddress.getByName(of), bits);

    assertThat(prefix.contains(InetAddress.getByName(other).getAddress())).isEqualTo(within);
  }

  @Test
  void hasOneFormForANetwork() throws Exception {
    AddressPrefix one = AddressPrefix.of(InetAddress.getByName("203.0.113.77"), 20);

    assertThat(one).isEqualTo(AddressPrefix.of(InetAddress.getByName("203.0.127.1"), 20));
    assertThat(one).isNotEqualTo(AddressPrefix.of(InetAddress.getByName("203.0.127.1"), 21));
    assertThat(one).hasToString("203.0.112.0/20");
  }

  @Test
  void refusesMoreBitsThanAnAddressHas() {
    assertThatThrownBy(() -> AddressPrefix.of(InetAddress.getByName("203.0.113.77"), 33))
        .hasMessage("bits: 33 (expected: 0..32)");
  }
}
