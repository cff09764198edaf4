package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.limits.ConnectionLimiter.Admission;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionLimiterTest {
  private final ConnectionLimiter limiter = new ConnectionLimiter(4, 2);

  @Test
  void countsTheAddressesOfAnIpv6PrefixTogether() throws Exception {
    InetAddress first = InetAddress.getByName("2001:db8:0:1::1");
    assertThat(limiter.admit(first)).isEqualTo(Admission.ADMITTED);
    assertThat(limiter.admit(InetAddress.getByName("2001:db8:0:1::2")))
        .isEqualTo(Admission.ADMITTED);

    assertThat(limiter.admit(InetAddress.getByName("2001:db8:0:1::3")))
        .isEqualTo(Admission.TOO_MANY_OF_ADDRESS);
    assertThat(limiter.admit(InetAddress.getByName("2001:db8:0:2::1")))
        .isEqualTo(Admission.ADMITTED);
    limiter.leave(first);
    assertThat(limiter.admit(InetAddress.getByName("2001:db8:0:1::3")))
        .isEqualTo(Admission.ADMITTED);
  }

  @Test
  void countsAllTogether() throws Exception {
    for (int i = 1; i <= 4; i++) {
      assertThat(limiter.admit(InetAddress.getByName("192.0.2." + i)))
          .isEqualTo(Admission.ADMITTED);
    }

    assertThat(limiter.admit(InetAddress.getByName("192.0.2.5"))).isEqualTo(Admission.TOO_MANY);
  }

  @Test
  void saysWhichLimitItWas() throws Exception {
    InetAddress many = InetAddress.getByName("192.0.2.1");
    InetAddress other = InetAddress.getByName("192.0.2.2");
    assertThat(limiter.admit(many)).isEqualTo(Admission.ADMITTED);
    assertThat(limiter.admit(many)).isEqualTo(Admission.ADMITTED);

    assertThat(limiter.admit(many)).isEqualTo(Admission.TOO_MANY_OF_ADDRESS);
    assertThat(limiter.count()).isEqualTo(2);
    assertThat(limiter.admit(other)).isEqualTo(Admission.ADMITTED);
    assertThat(limiter.admit(other)).isEqualTo(Admission.ADMITTED);
    assertThat(limiter.admit(other)).isEqualTo(Admission.TOO_MANY);
  }
}
