package io.millrace.packager.segmenter;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayDeque;
import java.util.List;

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

  /** The first ones, up to {@code most}. */
  List<PlacedSample> first(int most) {
    return samples.stream().limit(most).toList();
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

  void save(StateWriter out) {
    out.number(samples.size());
    samples.forEach(sample -> sample.save(out));
  }

  void restore(StateReader in) {
    int count = in.count();
    for (int i = 0; i < count; i++) {
      offer(PlacedSample.restore(in), Long.MAX_VALUE);
    }
  }
}
