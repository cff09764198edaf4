package io.millrace.packager.segmenter;

import java.util.ArrayDeque;

/** Holds samples that wait for another track, and counts their bytes. */
final class SampleQueue {
  private final ArrayDeque<PlacedSample> samples = new ArrayDeque<>();
  private long bytes;

  private static int size(PlacedSample sample) {
    return sample.sample().data().length();
  }

  /** Takes a sample in; false where more than {@code maxBytes} would wait. */
  boolean offer(PlacedSample sample, long maxBytes) {
    if (bytes + size(sample) > maxBytes) {
      return false;
    }
    samples.add(sample);
    bytes += size(sample);
    return true;
  }

  PlacedSample remove() {
    PlacedSample sample = samples.remove();
    bytes -= size(sample);
    return sample;
  }

  PlacedSample first() {
    return samples.getFirst();
  }

  PlacedSample last() {
    return samples.getLast();
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  int count() {
    return samples.size();
  }

  void clear() {
    samples.clear();
    bytes = 0;
  }
}
