package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.timeline.Irregularity;

/** Takes what the packager makes, in order. */
public interface PackagerSink {
  /** A part's bytes; the record that publishes it follows. */
  void part(PartKey key, Bytes data);

  void record(IndexRecord record);

  void irregularity(Irregularity kind, long samples);
}
