package io.millrace.server.demo;

import java.util.Arrays;
import java.util.Map;

/** Draws text of 5 × 7 dots, so that the picture needs no fonts of the machine's. */
final class Glyphs {
  static final int COLUMNS = 5;
  static final int ROWS = 7;

  /** 35 bits each, the top left dot highest. */
  private static final Map<Character, Long> DOTS =
      Map.ofEntries(
          Map.entry('0', 0x3A33AE62EL),
          Map.entry('1', 0x11842108EL),
          Map.entry('2', 0x3A213221FL),
          Map.entry('3', 0x7C441062EL),
          Map.entry('4', 0x08CA97C42L),
          Map.entry('5', 0x7E1E0862EL),
          Map.entry('6', 0x1910F462EL),
          Map.entry('7', 0x7C2222108L),
          Map.entry('8', 0x3A317462EL),
          Map.entry('9', 0x3A317844CL),
          Map.entry(':', 0x008401080L),
          Map.entry('.', 0x0000000C6L),
          Map.entry('-', 0x0000F8000L),
          Map.entry(' ', 0x000000000L),
          Map.entry('A', 0x3A31FC631L),
          Map.entry('B', 0x7A31F463EL),
          Map.entry('C', 0x3A308422EL),
          Map.entry('D', 0x7A318C63EL),
          Map.entry('E', 0x7E10F421FL),
          Map.entry('F', 0x7E10F4210L),
          Map.entry('I', 0x38842108EL),
          Map.entry('L', 0x42108421FL),
          Map.entry('M', 0x4775AC631L),
          Map.entry('O', 0x3A318C62EL),
          Map.entry('R', 0x7A31F5251L),
          Map.entry('T', 0x7C8421084L),
          Map.entry('U', 0x46318C62EL));

  private Glyphs() {}

  /** The width of a text: five dots a letter and one between. */
  static int width(String text, int dot) {
    return text.length() * (COLUMNS + 1) * dot - dot;
  }

  /** Draws over a rectangle of {@code width(text, dot)} by {@code ROWS * dot} pixels. */
  static void draw(
      byte[] luma, int stride, int left, int top, String text, int dot, byte paper, byte ink) {
    for (int row = 0; row < ROWS; row++) {
      int from = (top + row * dot) * stride + left;
      int at = from;
      for (int i = 0; i < text.length(); i++) {
        long dots = dots(text.charAt(i));
        for (int column = 0; column < COLUMNS; column++) {
          boolean set = (dots >>> (COLUMNS * ROWS - 1 - row * COLUMNS - column) & 1) != 0;
          Arrays.fill(luma, at, at + dot, set ? ink : paper);
          at += dot;
        }
        if (i < text.length() - 1) {
          Arrays.fill(luma, at, at + dot, paper);
          at += dot;
        }
      }
      for (int line = 1; line < dot; line++) {
        System.arraycopy(luma, from, luma, from + line * stride, at - from);
      }
    }
  }

  private static long dots(char letter) {
    Long dots = DOTS.get(letter);
    if (dots == null) {
      throw new IllegalArgumentException(
          "letter: '%s' (expected: one of %s)".formatted(letter, DOTS.keySet()));
    }
    return dots;
  }
}
