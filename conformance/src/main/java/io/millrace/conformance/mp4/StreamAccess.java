package io.millrace.conformance.mp4;

import io.millrace.conformance.mp4.Chunk.Sample;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.List;

/**
 * Tells the type of the stream access point that a segment begins with (ISO/IEC 14496-12 Annex I),
 * so far as boxes tell it, and NAL units where there are some.
 */
public final class StreamAccess {
  /** The segment begins with no sample that decoding can start at. */
  public static final int NONE = 0;

  /** All samples are decoded and shown from it on, in order of what comes first. */
  public static final int FIRST_SHOWN = 1;

  /** Pictures that are shown before it follow it, and can be decoded from it on. */
  public static final int LEADING = 2;

  /** Pictures follow that are shown before it and depend on what was before: an open group. */
  public static final int OPEN = 3;

  private StreamAccess() {}

  /**
   * That of a whole segment.
   *
   * @param bytes that its chunks were read from
   * @param chunks at least one
   */
  public static int typeOf(byte[] bytes, List<Chunk> chunks, Track track) {
    List<Sample> samples = chunks.stream().flatMap(chunk -> chunk.samples().stream()).toList();
    Sample first = samples.getFirst();
    if (!track.isVideo()) {
      return FIRST_SHOWN;
    }
    if (first.nonSync()) {
      return NONE;
    }
    int type = FIRST_SHOWN;
    for (Sample sample : samples.subList(1, samples.size())) {
      // What leads the next one is the next one's.
      if (!sample.nonSync()) {
        break;
      }
      if (sample.presentationTime() < first.presentationTime()) {
        if (SampleRules.isSkipped(bytes, sample, track)) {
          return OPEN;
        }
        type = LEADING;
      }
    }
    return type;
  }
}
