package io.millrace.server.demo;

import java.util.OptionalLong;
import java.util.function.IntBinaryOperator;

/**
 * Draws and reads the strip of blocks that holds a frame's time, Unix milliseconds modulo 2^32:
 * forty blocks of 32 × 32 pixels in the picture's last 32 rows, white for 1 and black for 0. The
 * first 32 are the number, highest bit first; the last 8 are the exclusive or of its four bytes and
 * 0xA5, so that neither black nor white alone reads as a time.
 */
public final class ClockStrip {
  public static final int BLOCK = 32;
  public static final int BLOCKS = 40;
  private static final int BLACK = 16;
  private static final int WHITE = 235;
  private static final int CHECK = 0xA5;

  private ClockStrip() {}

  /** Draws into a luma plane of {@code width} pixels a row, from the row {@code top} on. */
  static void draw(byte[] luma, int width, int top, long unixMs) {
    long code = code(unixMs);
    int first = top * width;
    for (int block = 0; block < BLOCKS; block++) {
      boolean white = (code >>> (BLOCKS - 1 - block) & 1) != 0;
      int from = first + block * BLOCK;
      java.util.Arrays.fill(luma, from, from + BLOCK, (byte) (white ? WHITE : BLACK));
    }
    for (int row = 1; row < BLOCK; row++) {
      System.arraycopy(luma, first, luma, first + row * width, BLOCKS * BLOCK);
    }
  }

  /**
   * Reads the strip.
   *
   * @param luma the brightness, 0 to 255, at a column and row of the picture
   * @param scale the picture's width over 1280
   * @param height the picture's rows
   * @return the time's low 32 bits; empty where the check does not agree
   */
  public static OptionalLong read(IntBinaryOperator luma, double scale, int height) {
    long code = 0;
    int row = (int) (height - BLOCK * scale / 2);
    for (int block = 0; block < BLOCKS; block++) {
      int column = (int) ((block + 0.5) * BLOCK * scale);
      code = code << 1 | (luma.applyAsInt(column, row) >= 128 ? 1 : 0);
    }
    long time = code >>> 8;
    return code(time) == code ? OptionalLong.of(time) : OptionalLong.empty();
  }

  private static long code(long unixMs) {
    long time = unixMs & 0xFFFF_FFFFL;
    long check = (time ^ time >>> 8 ^ time >>> 16 ^ time >>> 24 ^ CHECK) & 0xFF;
    return time << 8 | check;
  }
}
