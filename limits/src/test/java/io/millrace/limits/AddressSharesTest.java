package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AddressSharesTest {
  private final AddressShares shares = new AddressShares(2);

  private static AddressBlock block(String address) throws Exception {
    return AddressBlock.of(InetAddress.getByName(address));
  }

  @Test
  void anIpv6PrefixHasOneShare() throws Exception {
    assertThat(shares.take(block("2001:db8:0:1::1"))).isTrue();
    assertThat(shares.take(block("2001:db8:0:1::2"))).isTrue();

    assertThat(shares.take(block("2001:db8:0:1::3"))).isFalse();
    assertThat(shares.take(block("2001:db8:0:2::1"))).isTrue();
    shares.giveBack(block("2001:db8:0:1::1"));
    assertThat(shares.take(block("2001:db8:0:1::3"))).isTrue();
  }

  @Test
  void forgetsWhoHasNothing() throws Exception {
    AddressBlock address = block("192.0.2.1");
    for (int i = 0; i < 3; i++) {
      shares.take(address);
    }
    assertThat(shares.addresses()).isEqualTo(1);

    shares.giveBack(address);
    shares.giveBack(address);

    assertThat(shares.addresses()).isZero();
  }
}
