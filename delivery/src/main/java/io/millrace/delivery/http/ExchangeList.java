package io.millrace.delivery.http;

import org.jspecify.annotations.Nullable;

/** Holds requests that wait, in order of arrival. Confined to an event loop. */
abstract sealed class ExchangeList permits WaitGroup, Turns {
  private @Nullable Exchange first;
  private @Nullable Exchange last;
  private int size;

  int size() {
    return size;
  }

  @Nullable Exchange first() {
    return first;
  }

  /** Empties the list; returns the first of what it was. */
  @Nullable Exchange takeAll() {
    Exchange taken = first;
    first = null;
    last = null;
    size = 0;
    return taken;
  }

  void add(Exchange exchange) {
    exchange.list = this;
    exchange.previous = last;
    exchange.next = null;
    if (last == null) {
      first = exchange;
    } else {
      last.next = exchange;
    }
    last = exchange;
    size++;
  }

  void remove(Exchange exchange) {
    if (exchange.previous == null) {
      first = exchange.next;
    } else {
      exchange.previous.next = exchange.next;
    }
    if (exchange.next == null) {
      last = exchange.previous;
    } else {
      exchange.next.previous = exchange.previous;
    }
    exchange.list = null;
    exchange.previous = null;
    exchange.next = null;
    size--;
  }
}
