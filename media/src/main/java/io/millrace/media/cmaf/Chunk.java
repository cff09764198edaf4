package io.millrace.media.cmaf;

import java.util.List;

/**
 * Holds what one chunk is made of.
 *
 * @param sequence of the movie fragment; grows with each chunk of a track
 * @param baseDecodeTime of the first sample, the track's timescale
 * @param segmentStart whether a segment begins with this chunk
 * @param arrivalNs when the first sample arrived at the ingest, UTC, Unix nanoseconds
 * @param samples in decoding order, at least one
 */
public record Chunk(
    long sequence,
    int trackId,
    long baseDecodeTime,
    boolean segmentStart,
    long arrivalNs,
    List<ChunkSample> samples) {
  public Chunk {
    samples = List.copyOf(samples);
    if (samples.isEmpty() || baseDecodeTime < 0) {
      throw new IllegalArgumentException(
          "%d samples at %d (expected: at least one, at 0 or later)"
              .formatted(samples.size(), baseDecodeTime));
    }
  }
}
