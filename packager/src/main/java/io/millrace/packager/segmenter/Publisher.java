package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.cmaf.InitSectionWriter;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.Track;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.packager.timeline.IrregularityCounter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Writes a timeline's records and parts, and its clock's anchor before the first part after it. */
final class Publisher implements IrregularityCounter {
  private static final int HASH_DIGITS = 16;

  private final TimelineId timeline;
  private final PackagerSink sink;
  private final MessageDigest sha256;

  private final WallClock clock = new WallClock();

  /** Date ranges before the first anchor: they need a PROGRAM-DATE-TIME (RFC 8216bis 4.4.5.1). */
  private final List<IndexRecord.DateRange> undated = new ArrayList<>();

  Publisher(TimelineId timeline, PackagerSink sink) {
    this.timeline = timeline;
    this.sink = sink;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  WallClock clock() {
    return clock;
  }

  void describe(Track track, long msn) {
    sink.record(new IndexRecord.TrackDescribed(track));
    Bytes init = InitSectionWriter.write(track);
    String hash = hash(init).toHex().substring(0, HASH_DIGITS);
    sink.record(new IndexRecord.InitSection(track.id(), msn, hash, init));
  }

  void part(int rendition, FinishedPart part) {
    anchor();
    PartKey key = new PartKey(timeline, rendition, part.msn(), part.number());
    sink.part(key, part.data());
    sink.record(
        new IndexRecord.PartPublished(
            key,
            part.startTicks(),
            part.durationTicks(),
            part.independent(),
            part.data().length(),
            hash(part.data()),
            part.arrivalNs(),
            part.keyframeBytes(),
            part.presentationTicks(),
            part.last()));
  }

  void gap(int rendition, long msn, int part, long start, long duration) {
    anchor();
    sink.record(
        new IndexRecord.GapPublished(new PartKey(timeline, rendition, msn, part), start, duration));
  }

  /**
   * Publishes the range, once there is an anchor; of too many before it the oldest are left out.
   */
  void dateRange(IndexRecord.DateRange range) {
    if (clock.isKnown()) {
      sink.record(range);
      return;
    }
    undated.add(range);
    if (undated.size() > IndexRecord.DateRange.MOST_KEPT) {
      undated.removeFirst();
    }
  }

  void record(IndexRecord record) {
    sink.record(record);
  }

  @Override
  public void count(Irregularity kind, long samples) {
    sink.irregularity(kind, samples);
  }

  private void anchor() {
    clock
        .due()
        .ifPresent(
            anchor -> {
              sink.record(anchor);
              undated.forEach(sink::record);
              undated.clear();
            });
  }

  /** A segment of every rendition begins there, after one so long; nothing of it was published. */
  void beginsSegment(long msn, long mediaNs, long beforeNs) {
    clock.correctAt(msn, mediaNs, beforeNs).ifPresent(sink::record);
  }

  private Bytes hash(Bytes data) {
    data.digestBy(sha256);
    return Bytes.wrap(sha256.digest());
  }

  void save(StateWriter out) {
    clock.save(out);
    out.number(undated.size());
    undated.forEach(out::dateRange);
  }

  void restore(StateReader in) {
    clock.restore(in);
    int ranges = in.count();
    for (int i = 0; i < ranges; i++) {
      undated.add(in.dateRange());
    }
  }
}
