package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class AddressRatesTest {
  private static final long SECOND_NS = 1_000_000_000;

  /** Where a clock that has begun anywhere overflows. */
  private static final long START_NS = Math.subtractExact(Long.MAX_VALUE, SECOND_NS);

  private final AddressRates rates = new AddressRates(10);

  @Test
  void allowsTwoSecondsWorthAtOnceAndThenThePace() throws Exception {
    AddressRate rate = rates.enter(address("192.0.2.1"), START_NS);

    assertThat(taken(rate, START_NS)).isEqualTo(20);
    assertThat(taken(rate, START_NS + SECOND_NS / 20)).isZero();
    assertThat(taken(rate, START_NS + SECOND_NS / 2)).isEqualTo(5);
    assertThat(taken(rate, START_NS + 60 * SECOND_NS)).as("no more is saved").isEqualTo(20);
  }

  private static int taken(AddressRate rate, long nowNs) {
    int taken = 0;
    while (rate.take(nowNs)) {
      taken++;
    }
    return taken;
  }

  @Test
  void isOneForAllConnectionsOfAnAddressAndOutlivesThem() throws Exception {
    AddressRate rate = rates.enter(address("2001:db8::1"), START_NS);
    AddressRate same = rates.enter(address("2001:db8::2"), START_NS);
    AddressRate other = rates.enter(address("2001:db8:0:1::1"), START_NS);
    assertThat(same).isSameAs(rate);
    assertThat(other).isNotSameAs(rate);
    assertThat(taken(rate, START_NS)).isEqualTo(20);

    rates.leave(rate);
    rates.leave(same);
    rates.forget(START_NS + SECOND_NS);

    assertThat(rates.enter(address("2001:db8::3"), START_NS + SECOND_NS)).isSameAs(rate);
    rates.leave(rate);
    rates.forget(START_NS + 2 * SECOND_NS);
    assertThat(rates.count()).as("the other has a connection").isEqualTo(1);
  }

  @Test
  void linesOfSeveralThreadsHaveEqualShares() throws Exception {
    AddressRate rate = rates.enter(address("192.0.2.1"), START_NS);
    assertThat(rate.shareOfLine(SECOND_NS)).isEqualTo(10);

    rate.lines(1);
    rate.lines(1);

    assertThat(rate.shareOfLine(SECOND_NS)).isEqualTo(5);
    assertThat(rate.shareOfLine(1)).isEqualTo(1);
  }

  @Test
  void noneIsNoLimit() throws Exception {
    AddressRate rate = new AddressRates(0).enter(address("192.0.2.1"), START_NS);

    for (int i = 0; i < 1_000; i++) {
      assertThat(rate.take(START_NS)).isTrue();
    }
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }
}
