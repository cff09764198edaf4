package io.millrace.server.command;

import picocli.CommandLine.ITypeConverter;

/** Reads a time as settings write it, such as 90s or 15m; a number alone is seconds. */
final class Seconds implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    return Math.toIntExact(Milliseconds.time(text, "s", "90s or 15m").toSeconds());
  }
}
