package io.millrace.packager.segmenter;

import io.millrace.media.cmaf.ChunkSample;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the samples of the part that is open. Each has the time at which it is decoded in the
 * part, which is not the publisher's where parts have to join.
 */
final class OpenPart {
  private record Decoded(TimedSample sample, long dts) {}

  private final List<Decoded> samples = new ArrayList<>();
  private long bytes;

  boolean isEmpty() {
    return samples.isEmpty();
  }

  /** Bytes of all samples together. */
  long bytes() {
    return bytes;
  }

  void add(TimedSample sample, long dts) {
    samples.add(new Decoded(sample, dts));
    bytes += sample.data().length();
  }

  TimedSample first() {
    return samples.getFirst().sample();
  }

  TimedSample last() {
    return samples.getLast().sample();
  }

  /** Whether decoding can start at one of its samples. */
  boolean hasKeyframe() {
    return samples.stream().anyMatch(decoded -> decoded.sample().keyframe());
  }

  long firstDts() {
    return samples.getFirst().dts();
  }

  long lastDts() {
    return samples.getLast().dts();
  }

  /** The earliest time at which one of its samples is presented. */
  long earliestPts() {
    long earliest = Long.MAX_VALUE;
    for (Decoded decoded : samples) {
      earliest = Math.min(earliest, decoded.sample().pts());
    }
    return earliest;
  }

  /** Its last sample lasts until {@code ticks}. */
  void lastsUntil(long ticks) {
    Decoded last = samples.removeLast();
    samples.add(new Decoded(last.sample().lastingUntil(ticks), last.dts()));
  }

  /** Takes the samples from {@code ticks} on out of the part, in order. */
  List<TimedSample> takeFrom(long ticks) {
    int keep = 0;
    while (keep < samples.size() && samples.get(keep).dts() < ticks) {
      keep++;
    }
    List<Decoded> later = samples.subList(keep, samples.size());
    List<TimedSample> taken = later.stream().map(Decoded::sample).toList();
    later.clear();
    taken.forEach(sample -> bytes -= sample.data().length());
    return taken;
  }

  /** Takes all samples out, as those of a chunk: each lasts until the next, the last to the end. */
  List<ChunkSample> takeUntil(long end) {
    List<ChunkSample> taken = new ArrayList<>(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      long dts = samples.get(i).dts();
      TimedSample sample = samples.get(i).sample();
      long next = i + 1 < samples.size() ? samples.get(i + 1).dts() : end;
      taken.add(
          new ChunkSample(
              next - dts, Math.toIntExact(sample.pts() - dts), flags(sample), sample.data()));
    }
    samples.clear();
    bytes = 0;
    return taken;
  }

  private static int flags(TimedSample sample) {
    return switch (sample.dependency()) {
      case SYNC -> ChunkSample.SYNC;
      case DEPENDENT -> ChunkSample.DEPENDENT;
      case DISPOSABLE -> ChunkSample.DISPOSABLE;
      case DECODABLE_LEADING -> ChunkSample.DECODABLE_LEADING;
      case SKIPPED_LEADING -> ChunkSample.SKIPPED_LEADING;
    };
  }

  void save(StateWriter out) {
    out.number(samples.size());
    for (Decoded decoded : samples) {
      decoded.sample().save(out);
      out.number(decoded.dts());
    }
  }

  void restore(StateReader in) {
    int count = in.count();
    for (int i = 0; i < count; i++) {
      add(TimedSample.restore(in), in.number());
    }
  }
}
