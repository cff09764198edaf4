package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes CMAF chunks (ISO 23000-19 7.3.2): {@code prft}, {@code moof} with one {@code traf} and one
 * {@code trun}, then {@code mdat}; before a segment's first chunk {@code styp}, which claims a CMAF
 * segment and fragment only where that is true: they begin with a sync sample (7.3.2).
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

  /** The first is the major brand. */
  private static final List<String> SEGMENT_BRANDS = List.of("cmfs", "cmff", "cmfl", "msdh");

  /** Of one that begins where decoding cannot: it is chunks, but no whole fragments. */
  private static final List<String> CHUNKS_BRANDS = List.of("msdh", "cmfl");

  private static final int PRFT_BYTES = 32;
  private static final int MFHD_BYTES = 16;
  private static final int TFDT_BYTES = 20;
  private static final int MDAT_HEAD_BYTES = 8;

  /** The time is that at which the encoder had the frame ready (ISO 14496-12 8.16.5.3). */
  private static final int PRFT_ENCODER_OUTPUT = 1;

  /** From 1900, where NTP's time begins, to 1970 (RFC 5905 6). */
  private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;

  private static final long SECOND_NS = 1_000_000_000L;

  private final Chunk chunk;
  private final List<ChunkSample> samples;
  private final ByteBuffer out;
  private final List<String> brands;
  private final int dataBytes;
  private final int tfhdFlags;
  private final int trunFlags;

  private ChunkWriter(Chunk chunk) {
    this.chunk = chunk;
    this.samples = chunk.samples();
    ChunkSample first = samples.getFirst();
    boolean sameDuration = true;
    boolean sameFlags = true;
    boolean composition = false;
    long length = 0;
    for (ChunkSample sample : samples) {
      sameDuration &= sample.durationTicks() == first.durationTicks();
      sameFlags &= sample.flags() == first.flags();
      composition |= sample.compositionOffset() != 0;
      length += sample.data().length();
    }
    this.brands = first.flags() == ChunkSample.SYNC ? SEGMENT_BRANDS : CHUNKS_BRANDS;
    this.dataBytes = Math.toIntExact(length);
    this.tfhdFlags =
        DEFAULT_BASE_IS_MOOF | (sameDuration ? TFHD_DURATION : 0) | (sameFlags ? TFHD_FLAGS : 0);
    this.trunFlags =
        TRUN_DATA_OFFSET
            | TRUN_SIZE
            | (sameDuration ? 0 : TRUN_DURATION)
            | (sameFlags ? 0 : TRUN_FLAGS)
            | (composition ? TRUN_COMPOSITION : 0);
    int stypBytes = chunk.segmentStart() ? stypBytes() : 0;
    this.out = ByteBuffer.allocate(stypBytes + PRFT_BYTES + moofBytes() + MDAT_HEAD_BYTES);
  }

  /** Writes one chunk; it shares the bytes of its samples. */
  public static Bytes write(Chunk chunk) {
    ChunkWriter writer = new ChunkWriter(chunk);
    if (chunk.segmentStart()) {
      writer.styp();
    }
    writer.prft();
    writer.moof();
    return writer.withMdat();
  }

  private int stypBytes() {
    return 16 + 4 * brands.size();
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
    box(stypBytes(), "styp").put(ascii(brands.getFirst())).putInt(0);
    for (String brand : brands) {
      out.put(ascii(brand));
    }
  }

  /** When the first sample came, so that a player can tell how late it shows it. */
  private void prft() {
    box(PRFT_BYTES, "prft").putInt(/* version= */ 1 << 24 | PRFT_ENCODER_OUTPUT);
    long seconds = Math.floorDiv(chunk.arrivalNs(), SECOND_NS) + NTP_EPOCH_SECONDS;
    long fraction = (Math.floorMod(chunk.arrivalNs(), SECOND_NS) << 32) / SECOND_NS;
    out.putInt(chunk.trackId()).putInt((int) seconds).putInt((int) fraction);
    out.putLong(chunk.baseDecodeTime() + samples.getFirst().compositionOffset());
  }

  private void moof() {
    box(moofBytes(), "moof");
    box(MFHD_BYTES, "mfhd").putInt(0).putInt((int) chunk.sequence());
    box(trafBytes(), "traf");
    box(tfhdBytes(), "tfhd").putInt(tfhdFlags).putInt(chunk.trackId());
    if ((tfhdFlags & TFHD_DURATION) != 0) {
      out.putInt((int) samples.getFirst().durationTicks());
    }
    if ((tfhdFlags & TFHD_FLAGS) != 0) {
      out.putInt(samples.getFirst().flags());
    }
    box(TFDT_BYTES, "tfdt").putInt(/* version= */ 1 << 24).putLong(chunk.baseDecodeTime());
    trun();
  }

  private void trun() {
    box(trunBytes(), "trun").putInt(/* version= */ 1 << 24 | trunFlags).putInt(samples.size());
    out.putInt(moofBytes() + MDAT_HEAD_BYTES);
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

  private Bytes withMdat() {
    box(MDAT_HEAD_BYTES + dataBytes, "mdat");
    List<Bytes> pieces = new ArrayList<>(1 + samples.size());
    pieces.add(Bytes.wrap(out.array()));
    for (ChunkSample sample : samples) {
      pieces.add(sample.data());
    }
    return Bytes.join(pieces);
  }

  private ByteBuffer box(int size, String type) {
    return out.putInt(size).put(ascii(type));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
