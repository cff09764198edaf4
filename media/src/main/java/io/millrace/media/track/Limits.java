package io.millrace.media.track;

import io.millrace.media.MalformedMediaException;

/** Checks values that come from outside. */
final class Limits {
  private Limits() {}

  static long check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw MalformedMediaException.of(name, value, least + ".." + most);
    }
    return value;
  }
}
