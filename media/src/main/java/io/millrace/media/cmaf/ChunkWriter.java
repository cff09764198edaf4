package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes CMAF chunks (ISO 23000-19 7.3.2): {@code moof} with one {@code traf} and one {@code trun},
 * then {@code mdat}; before a segment's first chunk {@code styp}.
 *
 * <p>A value that all samples share stands in {@code tfhd}, others in {@code trun}.
 */
public final class ChunkWriter {
  private static final int DEFAULT_BASE_IS_MOOF = 0x02_0000;
  private static final int TFHD_DURATION = 0x08;
  private static final int TFHD_FLAGS = 0x20;
  private static final int TRUN_DATA_OFFSET = 0x001;
  private static final int TRUN_DURATION = 0x100;
  private static final int TRUN_SIZE = 0x200;
  private static final int TRUN_FLAGS = 0x400;
  private static final int TRUN_COMPOSITION = 0x800;

  private static final String[] SEGMENT_BRANDS = {"cmfs", "cmff", "cmfl", "msdh"};
  private static final int STYP_BYTES = 16 + 4 * SEGMENT_BRANDS.length;
  private static final int MFHD_BYTES = 16;
  private static final int TFDT_BYTES = 20;

  private final ByteBuffer out;
  private final List<ChunkSample> samples;
  private final int tfhdFlags;
  private final int trunFlags;

  private ChunkWriter(List<ChunkSample> samples, boolean segmentStart) {
    ChunkSample first = samples.getFirst();
    boolean sameDuration = true;
    boolean sameFlags = true;
    boolean composition = false;
    long dataBytes = 0;
    for (ChunkSample sample : samples) {
      sameDuration &= sample.durationTicks() == first.durationTicks();
      sameFlags &= sample.flags() == first.flags();
      composition |= sample.compositionOffset() != 0;
      dataBytes += sample.data().length();
    }
    this.samples = samples;
    this.tfhdFlags =
        DEFAULT_BASE_IS_MOOF | (sameDuration ? TFHD_DURATION : 0) | (sameFlags ? TFHD_FLAGS : 0);
    this.trunFlags =
        TRUN_DATA_OFFSET
            | TRUN_SIZE
            | (sameDuration ? 0 : TRUN_DURATION)
            | (sameFlags ? 0 : TRUN_FLAGS)
            | (composition ? TRUN_COMPOSITION : 0);
    long total = (segmentStart ? STYP_BYTES : 0) + moofBytes() + 8 + dataBytes;
    this.out = ByteBuffer.allocate(Math.toIntExact(total));
  }

  /**
   * Writes one chunk.
   *
   * @param sequence of the movie fragment; grows with each chunk of a track
   * @param baseDecodeTime of the first sample, the track's timescale
   * @param segmentStart whether a segment begins with this chunk
   */
  public static Bytes write(
      long sequence,
      int trackId,
      long baseDecodeTime,
      boolean segmentStart,
      List<ChunkSample> samples) {
    if (samples.isEmpty() || baseDecodeTime < 0) {
      throw new IllegalArgumentException(
          "%d samples at %d (expected: at least one, at 0 or later)"
              .formatted(samples.size(), baseDecodeTime));
    }
    ChunkWriter writer = new ChunkWriter(samples, segmentStart);
    if (segmentStart) {
      writer.styp();
    }
    writer.moof(sequence, trackId, baseDecodeTime);
    writer.mdat();
    return Bytes.wrap(writer.out.array());
  }

  private int tfhdBytes() {
    return 16 + 4 * Integer.bitCount(tfhdFlags & (TFHD_DURATION | TFHD_FLAGS));
  }

  private int trunBytes() {
    int fields = TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS | TRUN_COMPOSITION;
    return 20 + samples.size() * 4 * Integer.bitCount(trunFlags & fields);
  }

  private int trafBytes() {
    return 8 + tfhdBytes() + TFDT_BYTES + trunBytes();
  }

  private int moofBytes() {
    return 8 + MFHD_BYTES + trafBytes();
  }

  private void styp() {
    box(STYP_BYTES, "styp").put(ascii("cmfs")).putInt(0);
    for (String brand : SEGMENT_BRANDS) {
      out.put(ascii(brand));
    }
  }

  private void moof(long sequence, int trackId, long baseDecodeTime) {
    box(moofBytes(), "moof");
    box(MFHD_BYTES, "mfhd").putInt(0).putInt((int) sequence);
    box(trafBytes(), "traf");
    box(tfhdBytes(), "tfhd").putInt(tfhdFlags).putInt(trackId);
    if ((tfhdFlags & TFHD_DURATION) != 0) {
      out.putInt((int) samples.getFirst().durationTicks());
    }
    if ((tfhdFlags & TFHD_FLAGS) != 0) {
      out.putInt(samples.getFirst().flags());
    }
    box(TFDT_BYTES, "tfdt").putInt(/* version= */ 1 << 24).putLong(baseDecodeTime);
    trun();
  }

  private void trun() {
    box(trunBytes(), "trun").putInt(/* version= */ 1 << 24 | trunFlags).putInt(samples.size());
    out.putInt(moofBytes() + 8);
    for (ChunkSample sample : samples) {
      if ((trunFlags & TRUN_DURATION) != 0) {
        out.putInt((int) sample.durationTicks());
      }
      out.putInt(sample.data().length());
      if ((trunFlags & TRUN_FLAGS) != 0) {
        out.putInt(sample.flags());
      }
      if ((trunFlags & TRUN_COMPOSITION) != 0) {
        out.putInt(sample.compositionOffset());
      }
    }
  }

  private void mdat() {
    box(out.remaining(), "mdat");
    for (ChunkSample sample : samples) {
      sample.data().copyTo(out.array(), out.position());
      out.position(out.position() + sample.data().length());
    }
  }

  private ByteBuffer box(int size, String type) {
    return out.putInt(size).put(ascii(type));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
