package io.millrace.server.demo;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Draws the test picture: 1280 × 720, I420, limited range. Only what moves is drawn again: the
 * clock, the water, the sweep of the second and the clock strip. Confined to the broadcaster's
 * thread.
 */
final class TestPicture {
  static final int WIDTH = 1280;
  static final int HEIGHT = 720;
  static final int FRAME_BYTES = WIDTH * HEIGHT * 3 / 2;
  static final int STRIP_TOP = HEIGHT - ClockStrip.BLOCK;

  private static final int WATER_TOP = 464;
  private static final int WATER_ROWS = 176;
  private static final int WATER_STEP = 4;
  private static final int SWEEP_TOP = 656;
  private static final int SWEEP_ROWS = 16;
  private static final int CLOCK_TOP = 208;
  private static final int CLOCK_DOT = 14;
  private static final int DATE_TOP = 344;
  private static final int DATE_DOT = 6;
  private static final byte PAPER = 40;
  private static final byte INK = (byte) 225;
  private static final byte FAINT = (byte) 130;

  /** Luma, blue and red difference of the bars. */
  private static final int[][] BARS = {
    {180, 128, 128},
    {168, 44, 136},
    {145, 147, 44},
    {133, 63, 52},
    {63, 193, 204},
    {51, 109, 212},
    {28, 212, 120}
  };

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final byte[] frame = new byte[FRAME_BYTES];
  private final byte[][] water = new byte[WATER_ROWS][WIDTH];

  TestPicture() {
    int lumaBytes = WIDTH * HEIGHT;
    int chromaBytes = lumaBytes / 4;
    Arrays.fill(frame, 0, lumaBytes, PAPER);
    Arrays.fill(frame, lumaBytes, lumaBytes + chromaBytes, (byte) 138);
    Arrays.fill(frame, lumaBytes + chromaBytes, FRAME_BYTES, (byte) 120);
    for (int bar = 0; bar < BARS.length; bar++) {
      fill(bar * WIDTH / BARS.length, 0, WIDTH / BARS.length + 1, 48, BARS[bar]);
    }
    fill(0, WATER_TOP, WIDTH, WATER_ROWS, new int[] {60, 158, 98});
    fill(0, SWEEP_TOP, WIDTH, SWEEP_ROWS, new int[] {PAPER, 110, 150});
    fill(0, STRIP_TOP, WIDTH, ClockStrip.BLOCK, new int[] {16, 128, 128});
    Glyphs.draw(frame, WIDTH, centred("MILLRACE", 10), 96, "MILLRACE", 10, PAPER, INK);
    for (int row = 0; row < WATER_ROWS; row++) {
      for (int column = 0; column < WIDTH; column++) {
        water[row][column] = (byte) Math.clamp(Math.round(waterLuma(row, column)), 16, 235);
      }
    }
  }

  /** Waves whose lengths divide the width, so that the texture goes round without a seam. */
  private static double waterLuma(int row, int column) {
    double x = 2 * Math.PI * column / WIDTH;
    double y = row / (double) WATER_ROWS;
    double swell = Math.sin(3 * x + 9 * y) + 0.7 * Math.sin(7 * x - 14 * y + 2 * Math.sin(2 * x));
    double ripple = Math.sin(41 * x + 60 * y * y) * Math.sin(23 * x - 31 * y);
    return 92 + 22 * swell + 14 * ripple - 30 * y;
  }

  /** Draws the frame of a time; the array is this picture's own and changes with the next call. */
  byte[] draw(long frameNumber, long unixMs) {
    Instant time = Instant.ofEpochMilli(unixMs);
    String clock = TIME.format(time);
    Glyphs.draw(frame, WIDTH, centred(clock, CLOCK_DOT), CLOCK_TOP, clock, CLOCK_DOT, PAPER, INK);
    String date = DATE.format(time) + " UTC  FRAME " + "%07d".formatted(frameNumber % 10_000_000);
    Glyphs.draw(frame, WIDTH, centred(date, DATE_DOT), DATE_TOP, date, DATE_DOT, PAPER, FAINT);
    int shift = (int) (frameNumber * WATER_STEP % WIDTH);
    for (int row = 0; row < WATER_ROWS; row++) {
      int at = (WATER_TOP + row) * WIDTH;
      System.arraycopy(water[row], 0, frame, at + shift, WIDTH - shift);
      System.arraycopy(water[row], WIDTH - shift, frame, at, shift);
    }
    int sweep = (int) (WIDTH * Math.floorMod(unixMs, 1_000L) / 1_000);
    for (int row = SWEEP_TOP; row < SWEEP_TOP + SWEEP_ROWS; row++) {
      Arrays.fill(frame, row * WIDTH, row * WIDTH + sweep, FAINT);
      Arrays.fill(frame, row * WIDTH + sweep, (row + 1) * WIDTH, PAPER);
    }
    ClockStrip.draw(frame, WIDTH, STRIP_TOP, unixMs);
    return frame;
  }

  private static int centred(String text, int dot) {
    return (WIDTH - Glyphs.width(text, dot)) / 2;
  }

  private void fill(int left, int top, int width, int rows, int[] colour) {
    int right = Math.min(left + width, WIDTH);
    for (int row = top; row < top + rows; row++) {
      Arrays.fill(frame, row * WIDTH + left, row * WIDTH + right, (byte) colour[0]);
    }
    int chroma = WIDTH * HEIGHT;
    for (int row = top / 2; row < (top + rows) / 2; row++) {
      int at = chroma + row * WIDTH / 2;
      Arrays.fill(frame, at + left / 2, at + right / 2, (byte) colour[1]);
      at += chroma / 4;
      Arrays.fill(frame, at + left / 2, at + right / 2, (byte) colour[2]);
    }
  }
}
