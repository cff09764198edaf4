package io.millrace.conformance.mp4;

import java.util.List;
import java.util.Optional;

/**
 * One CMAF chunk (ISO/IEC 23000-19 7.3.2.3): a {@code moof} with its {@code mdat}. Times are ticks
 * of the track.
 *
 * @param offset of its first byte in the bytes that were read
 * @param end behind its last byte there
 * @param sequenceNumber of {@code mfhd}
 * @param decodeTime of {@code tfdt}
 * @param prft the producer's time before it
 */
public record Chunk(
    int offset,
    int end,
    long sequenceNumber,
    long trackId,
    long decodeTime,
    List<Sample> samples,
    Optional<ProducerTime> prft) {

  /**
   * One sample.
   *
   * @param compositionOffset from its decoding to its presentation
   * @param nonSync whether {@code sample_is_non_sync_sample} is set
   * @param start of its bytes in the bytes that were read; below 0 where they are not there
   */
  public record Sample(
      long decodeTime,
      long duration,
      int size,
      long compositionOffset,
      boolean nonSync,
      int start) {

    public long presentationTime() {
      return decodeTime + compositionOffset;
    }
  }

  /**
   * What a {@code prft} says (ISO/IEC 14496-12 8.16.5).
   *
   * @param utcNs since 1970
   * @param mediaTime ticks
   */
  public record ProducerTime(long utcNs, long mediaTime) {}

  public Chunk {
    samples = List.copyOf(samples);
  }

  public long duration() {
    return samples.stream().mapToLong(Sample::duration).sum();
  }

  /** Where the next chunk's decoding begins. */
  public long endDecodeTime() {
    return decodeTime + duration();
  }

  /** The earliest presentation in it. */
  public long earliestPresentation() {
    return samples.stream().mapToLong(Sample::presentationTime).min().orElse(decodeTime);
  }

  /** The latest presentation in it, to its end. */
  public long latestPresentation() {
    return samples.stream()
        .mapToLong(sample -> sample.presentationTime() + sample.duration())
        .max()
        .orElse(decodeTime);
  }
}
