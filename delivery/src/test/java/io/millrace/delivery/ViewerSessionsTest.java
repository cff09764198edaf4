package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.limits.AddressBlock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ViewerSessionsTest {
  private static final long LONG_AFTER_NS = TimeUnit.SECONDS.toNanos(11);

  private final DeliveryMetrics metrics = new DeliveryMetrics(new PrometheusRegistry());
  private final ViewerLimits limits = new ViewerLimits(3, 2, metrics);
  private final ViewerSessions channel = new ViewerSessions(limits);
  private final ViewerSessions otherChannel = new ViewerSessions(limits);

  private static AddressBlock block(String address) throws Exception {
    return AddressBlock.of(InetAddress.getByName(address));
  }

  @Test
  void anAddressHasSoManyInAllChannels() throws Exception {
    AddressBlock address = block("2001:db8:0:1::1");
    channel.add(1, address, 0);
    otherChannel.add(2, block("2001:db8:0:1::2"), 0);

    channel.add(3, address, 0);

    assertThat(channel.seen(3, 0)).isFalse();
    assertThat(channel.count(0)).isEqualTo(1);
    channel.add(3, block("2001:db8:0:2::1"), 0);
    assertThat(channel.count(0)).isEqualTo(2);
    assertThat(otherChannel.count(0)).isEqualTo(1);
  }

  @Test
  void aChannelHasSoManyOfAllAddresses() throws Exception {
    for (int i = 1; i <= 4; i++) {
      channel.add(i, block("192.0.2." + i), 0);
    }

    assertThat(channel.count(0)).isEqualTo(3);
    assertThat(limits.addresses()).isEqualTo(3);
  }

  @Test
  void whoIsForgottenMakesRoom() throws Exception {
    AddressBlock address = block("192.0.2.1");
    channel.add(1, address, 0);
    channel.add(1, address, 0);
    channel.add(2, address, 0);
    channel.add(3, address, 0);
    assertThat(channel.seen(2, LONG_AFTER_NS)).isTrue();

    assertThat(channel.count(LONG_AFTER_NS)).isEqualTo(1);
    channel.add(3, address, LONG_AFTER_NS);
    channel.add(4, address, LONG_AFTER_NS);

    assertThat(channel.count(LONG_AFTER_NS)).isEqualTo(2);
    assertThat(channel.seen(4, LONG_AFTER_NS)).isFalse();
    assertThat(channel.count(2 * LONG_AFTER_NS)).isZero();
    assertThat(limits.addresses()).isZero();
  }

  @Test
  void whatIsClosedKeepsNothing() throws Exception {
    AddressBlock address = block("192.0.2.1");
    channel.add(1, address, 0);
    channel.add(2, address, 0);

    channel.close();
    channel.add(3, address, 0);

    assertThat(channel.count(0)).isZero();
    assertThat(limits.addresses()).isZero();
  }
}
