package io.millrace.delivery.http;

/** Holds all requests of one event loop that wait for the same thing. */
final class WaitGroup extends ExchangeList {
  private final Ask ask;

  WaitGroup(Ask ask) {
    this.ask = ask;
  }

  Ask ask() {
    return ask;
  }
}
