package io.millrace.delivery.http;

import io.millrace.limits.AddressRate;

/** Holds all requests of one event loop that wait until their address may ask again. */
final class Turns extends ExchangeList {
  private final AddressRate rate;

  Turns(AddressRate rate) {
    this.rate = rate;
  }

  AddressRate rate() {
    return rate;
  }
}
