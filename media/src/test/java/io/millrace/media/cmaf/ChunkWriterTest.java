package io.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkWriterTest {
  /** 2026-05-01T10:00:00.25Z. */
  private static final long ARRIVAL_NS = 1_777_629_600_250_000_000L;

  @Test
  void writesWhatAllSamplesShareOnce() {
    List<ChunkSample> sound =
        List.of(
            new ChunkSample(1024, 0, ChunkSample.SYNC, Bytes.ofHex("aabb")),
            new ChunkSample(1024, 0, ChunkSample.SYNC, Bytes.ofHex("cc")));

    assertThat(
            ChunkWriter.write(
                new Chunk(7, 2, 480_000, /* segmentStart= */ false, ARRIVAL_NS, sound)))
        .isEqualTo(
            Bytes.ofHex(
                """
                00000020 70726674 01000001 00000002 ed9ef820 40000000 0000000000075300
                00000068 6d6f6f66
                  00000010 6d666864 00000000 00000007
                  00000050 74726166
                    00000018 74666864 00020028 00000002 00000400 02000000
                    00000014 74666474 01000000 0000000000075300
                    0000001c 7472756e 01000201 00000002 00000070 00000002 00000001
                0000000b 6d646174 aabbcc
                """));
  }

  @Test
  void writesSignedCompositionOffsetsAndEachSamplesOwnFlags() {
    List<ChunkSample> pictures =
        List.of(
            new ChunkSample(3000, 6000, ChunkSample.SYNC, Bytes.ofHex("01")),
            new ChunkSample(3060, -90, ChunkSample.DISPOSABLE, Bytes.ofHex("0203")));

    assertThat(
            ChunkWriter.write(
                new Chunk(1, 1, 1L << 40, /* segmentStart= */ true, ARRIVAL_NS, pictures)))
        .isEqualTo(
            Bytes.ofHex(
                """
                00000020 73747970 636d6673 00000000 636d6673 636d6666 636d666c 6d736468
                00000020 70726674 01000001 00000001 ed9ef820 40000000 0000010000001770
                00000078 6d6f6f66
                  00000010 6d666864 00000000 00000001
                  00000060 74726166
                    00000010 74666864 00020000 00000001
                    00000014 74666474 01000000 0000010000000000
                    00000034 7472756e 01000f01 00000002 00000080
                      00000bb8 00000001 02000000 00001770
                      00000bf4 00000002 01810000 ffffffa6
                0000000b 6d646174 010203
                """));
  }

  /** Major brand msdh: it is neither a whole segment of CMAF nor a fragment, but chunks. */
  @Test
  void aSegmentThatBeginsWithoutASyncSampleClaimsNoFragment() {
    List<ChunkSample> pictures =
        List.of(new ChunkSample(3000, 0, ChunkSample.DEPENDENT, Bytes.ofHex("01")));

    Bytes chunk = ChunkWriter.write(new Chunk(1, 1, 0, true, ARRIVAL_NS, pictures));

    assertThat(chunk.slice(0, 24))
        .isEqualTo(Bytes.ofHex("00000018 73747970 6d736468 00000000 6d736468 636d666c"));
    assertThat(Box.all(chunk))
        .extracting(Box::type)
        .containsExactly("styp", "prft", "moof", "mdat");
  }

  @Test
  void refusesAnEmptyChunkAndATimeBelowZero() {
    List<ChunkSample> one = List.of(new ChunkSample(1, 0, ChunkSample.SYNC, Bytes.EMPTY));

    assertThatThrownBy(() -> new Chunk(1, 1, 0, true, ARRIVAL_NS, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Chunk(1, 1, -1, true, ARRIVAL_NS, one))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ChunkSample(0, 0, ChunkSample.SYNC, Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
