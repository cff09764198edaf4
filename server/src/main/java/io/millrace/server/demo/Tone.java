package io.millrace.server.demo;

/**
 * Makes the sound: a soft tone, and a higher one at the beginning of each second of the clock. 48
 * kHz, two channels, signed 16 bits, little endian.
 */
final class Tone {
  static final int SAMPLE_RATE = 48_000;
  static final int CHANNELS = 2;
  static final int BLOCK_MS = 10;
  static final int BLOCK_SAMPLES = SAMPLE_RATE * BLOCK_MS / 1_000;
  static final int BLOCK_BYTES = BLOCK_SAMPLES * CHANNELS * 2;

  private static final int LOW_HZ = 300;
  private static final int HIGH_HZ = 1_000;
  private static final int HIGH_MS = 60;
  private static final short[] LOW = wave(LOW_HZ, 1_200);
  private static final short[] HIGH = wave(HIGH_HZ, 5_000);

  private final byte[] block = new byte[BLOCK_BYTES];

  /** One second of a tone: a whole number of waves, so that seconds join without a click. */
  private static short[] wave(int hz, double amplitude) {
    short[] wave = new short[SAMPLE_RATE];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * hz * i / SAMPLE_RATE));
    }
    return wave;
  }

  /** The sound from a time on, {@link #BLOCK_MS} long; the array changes with the next call. */
  byte[] block(long unixMs) {
    int msOfSecond = (int) Math.floorMod(unixMs, 1_000L);
    int first = msOfSecond * (SAMPLE_RATE / 1_000);
    for (int i = 0; i < BLOCK_SAMPLES; i++) {
      int at = (first + i) % SAMPLE_RATE;
      int sample = LOW[at] + (at < HIGH_MS * (SAMPLE_RATE / 1_000) ? HIGH[at] : 0);
      for (int channel = 0; channel < CHANNELS; channel++) {
        int to = (i * CHANNELS + channel) * 2;
        block[to] = (byte) sample;
        block[to + 1] = (byte) (sample >> 8);
      }
    }
    return block;
  }
}
