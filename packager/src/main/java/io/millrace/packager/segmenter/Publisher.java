package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.cmaf.InitSectionWriter;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.Track;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.packager.timeline.IrregularityCounter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Writes a timeline's records and parts, and its clock's anchor before the first part after it. */
final class Publisher implements IrregularityCounter {
  private static final int HASH_DIGITS = 16;

  private final TimelineId timeline;
  private final PackagerSink sink;
  private final MessageDigest sha256;

  private boolean anchored = true;
  private long anchorMsn;
  private long anchorMediaNs;
  private long earliestOffsetNs = Long.MIN_VALUE;
  private long nextOffsetNs;
  private long utcOffsetNs;
  private boolean everAnchored;

  Publisher(TimelineId timeline, PackagerSink sink) {
    this.timeline = timeline;
    this.sink = sink;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The next part published begins a stretch with a clock of its own.
   *
   * @param msn its segment
   * @param mediaNs from when on it is presented
   * @param publishedEndNs end of what was published before it
   * @see #observe which at least the first sample must come by
   */
  void anchorAt(long msn, long mediaNs, long publishedEndNs) {
    anchored = false;
    anchorMsn = msn;
    anchorMediaNs = mediaNs;
    earliestOffsetNs = everAnchored ? utcOffsetNs + publishedEndNs - mediaNs : Long.MIN_VALUE;
    nextOffsetNs = Long.MAX_VALUE;
  }

  /** Learns that a sample was there to be seen when it arrived: no anchor may say otherwise. */
  void observe(long ptsNs, long arrivalNs) {
    if (!anchored) {
      nextOffsetNs = Math.min(nextOffsetNs, arrivalNs - ptsNs);
    }
  }

  /** UTC minus media time, as the newest anchor says. */
  long utcOffsetNs() {
    return utcOffsetNs;
  }

  boolean isAnchored() {
    return everAnchored;
  }

  void describe(Track track, long msn) {
    sink.record(new IndexRecord.TrackDescribed(track));
    Bytes init = InitSectionWriter.write(track);
    String hash = hash(init).toHex().substring(0, HASH_DIGITS);
    sink.record(new IndexRecord.InitSection(track.id(), msn, hash, init));
  }

  void part(
      int rendition,
      long msn,
      int part,
      long start,
      long duration,
      boolean independent,
      Bytes data,
      long arrivalNs,
      int keyframeBytes,
      long presentation,
      boolean last) {
    anchor();
    PartKey key = new PartKey(timeline, rendition, msn, part);
    sink.part(key, data);
    sink.record(
        new IndexRecord.PartPublished(
            key,
            start,
            duration,
            independent,
            data.length(),
            hash(data),
            arrivalNs,
            keyframeBytes,
            presentation,
            last));
  }

  void gap(int rendition, long msn, int part, long start, long duration) {
    anchor();
    sink.record(
        new IndexRecord.GapPublished(new PartKey(timeline, rendition, msn, part), start, duration));
  }

  void record(IndexRecord record) {
    sink.record(record);
  }

  @Override
  public void count(Irregularity kind, long samples) {
    sink.irregularity(kind, samples);
  }

  private void anchor() {
    if (anchored) {
      return;
    }
    anchored = true;
    everAnchored = true;
    utcOffsetNs = Math.max(nextOffsetNs, earliestOffsetNs);
    sink.record(
        new IndexRecord.ClockAnchored(anchorMsn, anchorMediaNs, anchorMediaNs + utcOffsetNs));
  }

  private Bytes hash(Bytes data) {
    data.digestBy(sha256);
    return Bytes.wrap(sha256.digest());
  }

  void save(StateWriter out) {
    out.flag(anchored).number(anchorMsn).number(anchorMediaNs).number(earliestOffsetNs);
    out.number(nextOffsetNs).number(utcOffsetNs).flag(everAnchored);
  }

  void restore(StateReader in) {
    anchored = in.flag();
    anchorMsn = in.number();
    anchorMediaNs = in.number();
    earliestOffsetNs = in.number();
    nextOffsetNs = in.number();
    utcOffsetNs = in.number();
    everAnchored = in.flag();
  }

  /** Another publisher of the timeline has said which instant its clock shows. */
  void resume(ResumePoint point) {
    everAnchored = point.anchored();
    utcOffsetNs = point.utcOffsetNs();
  }
}
