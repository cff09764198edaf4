package io.millrace.media.hls;

import java.time.LocalDate;
import java.util.List;

/** Builds a playlist's text line by line. */
final class PlaylistText {
  private static final long NS_PER_MS = 1_000_000;
  private static final long MS_PER_DAY = 86_400_000;

  private final StringBuilder text;

  PlaylistText(int expectedLength) {
    text = new StringBuilder(expectedLength);
  }

  PlaylistText add(String value) {
    text.append(value);
    return this;
  }

  PlaylistText add(long value) {
    text.append(value);
    return this;
  }

  /** A quoted string; the characters that one cannot hold (RFC 8216bis 4.2) become spaces. */
  PlaylistText quoted(String value) {
    text.append('"');
    unquoted(value);
    text.append('"');
    return this;
  }

  private void unquoted(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      text.append(c == '"' || c == '\n' || c == '\r' ? ' ' : c);
    }
  }

  /** A quoted string of values with tabs between them (RFC 8216bis 4.4.5.2). */
  PlaylistText list(List<String> values) {
    text.append('"');
    for (int i = 0; i < values.size(); i++) {
      text.append(i > 0 ? "\t" : "");
      unquoted(values.get(i));
    }
    text.append('"');
    return this;
  }

  /** Seconds with five decimals, rounded to the nearest. */
  PlaylistText seconds(long durationNs) {
    long units = (durationNs + 5_000) / 10_000;
    text.append(units / 100_000).append('.');
    return digits(units % 100_000, 5);
  }

  /** UTC to the millisecond, {@code 2026-05-01T10:00:00.000Z}. */
  PlaylistText instant(long utcNs) {
    long ms = Math.floorDiv(utcNs, NS_PER_MS);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(ms, MS_PER_DAY));
    long ofDay = Math.floorMod(ms, MS_PER_DAY);
    digits(date.getYear(), 4).add("-").digits(date.getMonthValue(), 2).add("-");
    digits(date.getDayOfMonth(), 2).add("T").digits(ofDay / 3_600_000, 2).add(":");
    digits(ofDay / 60_000 % 60, 2).add(":").digits(ofDay / 1_000 % 60, 2).add(".");
    return digits(ofDay % 1_000, 3).add("Z");
  }

  PlaylistText line() {
    text.append('\n');
    return this;
  }

  private PlaylistText digits(long value, int width) {
    for (long limit = pow10(width - 1); limit > value && limit > 1; limit /= 10) {
      text.append('0');
    }
    text.append(value);
    return this;
  }

  private static long pow10(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
