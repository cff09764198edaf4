package io.millrace.delivery.http;

import org.jspecify.annotations.Nullable;

/** Holds all requests of one event loop that wait for the same thing, in order of arrival. */
final class WaitGroup {
  private final Ask ask;
  private @Nullable Exchange first;
  private @Nullable Exchange last;
  private int size;

  WaitGroup(Ask ask) {
    this.ask = ask;
  }

  Ask ask() {
    return ask;
  }

  int size() {
    return size;
  }

  @Nullable Exchange first() {
    return first;
  }

  /** Empties the group; returns the first of what was its list. */
  @Nullable Exchange takeAll() {
    Exchange taken = first;
    first = null;
    last = null;
    size = 0;
    return taken;
  }

  void add(Exchange exchange) {
    exchange.group = this;
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
    exchange.group = null;
    exchange.previous = null;
    exchange.next = null;
    size--;
  }
}
