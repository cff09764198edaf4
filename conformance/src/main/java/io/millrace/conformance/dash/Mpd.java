package io.millrace.conformance.dash;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.w3c.dom.Document;

/**
 * What an MPD says (ISO/IEC 23009-1 5.3), so far as it is followed.
 *
 * @param document the XML that it was read from, for patches
 * @param attributes of the MPD element
 * @param availabilityStartNs since 1970; {@link #NO_TIME} for none
 * @param periods their ids; empty ones where there is none
 * @param timings UTCTiming, scheme and value in order
 * @param latencyTarget whether a ServiceDescription has a Latency with a target
 * @param patchLocation empty for none
 * @param steering its ContentSteering, or that of a ServiceDescription
 * @param serviceLocations of all BaseURL
 */
record Mpd(
    Document document,
    Map<String, String> attributes,
    long availabilityStartNs,
    List<String> periods,
    List<Representation> representations,
    List<Map.Entry<String, String>> timings,
    boolean latencyTarget,
    String patchLocation,
    Optional<Steered> steering,
    Set<String> serviceLocations) {

  static final long NO_TIME = Long.MIN_VALUE;

  /** ContentSteering: its address, and defaultServiceLocation; empty where that is not said. */
  record Steered(String server, String first) {}

  /**
   * One Representation with what it takes over from its AdaptationSet and Period.
   *
   * @param base that its addresses are relative to
   * @param offsetNs availabilityTimeOffset, of all levels; {@link #NO_TIME} for none
   * @param complete availabilityTimeComplete
   * @param sar its sample aspect ratio; empty where none is said
   * @param startWithSap the SAP type that its segments begin with at most; 0 where none is said
   * @param setId of its AdaptationSet
   * @param sequenceOf the id of the AdaptationSet that its Segment Sequences are parts of; empty
   *     where it has none
   * @param inbandTimes whether a ProducerReferenceTime says that prft is in the segments
   */
  record Representation(
      String periodId,
      long periodStartNs,
      String id,
      long bandwidth,
      String mimeType,
      String codecs,
      int width,
      int height,
      String sar,
      int startWithSap,
      String setId,
      String sequenceOf,
      URI base,
      long offsetNs,
      boolean complete,
      boolean inbandTimes,
      Optional<Template> template) {

    String key() {
      return periodId + "/" + id;
    }
  }

  /**
   * A SegmentTemplate.
   *
   * @param duration ticks; 0 where a SegmentTimeline is there, or nothing
   * @param presentationTimeOffset ticks at the Period's start
   * @param sequence {@code k}, parts of a segment; 0 for none
   * @param timeline empty for none
   * @param missing times of segments that are told not to be there, by FailoverContent
   */
  record Template(
      long timescale,
      long duration,
      long startNumber,
      long presentationTimeOffset,
      String media,
      String initialization,
      long sequence,
      Optional<List<Entry>> timeline,
      Set<Long> missing) {

    Template {
      missing = Set.copyOf(missing);
    }

    /** The segments of the timeline, one by one. */
    List<Segment> segments() {
      List<Segment> segments = new ArrayList<>();
      long number = startNumber;
      for (Entry entry : timeline.orElse(List.of())) {
        for (long i = 0; i <= entry.repeat() && segments.size() < MAX_SEGMENTS; i++) {
          segments.add(
              new Segment(number++, entry.time() + i * entry.duration(), entry.duration()));
        }
      }
      return segments;
    }
  }

  /** As many as a window of a day of seconds has. */
  private static final int MAX_SEGMENTS = 100_000;

  /**
   * One S.
   *
   * @param written whether it has a {@code t} of its own
   */
  record Entry(long time, long duration, long repeat, boolean written) {}

  /** One segment: its number, and where it lies, in ticks. */
  record Segment(long number, long time, long duration) {}

  Mpd {
    attributes = Map.copyOf(attributes);
    periods = List.copyOf(periods);
    representations = List.copyOf(representations);
    timings = List.copyOf(timings);
    serviceLocations = Set.copyOf(serviceLocations);
  }

  boolean dynamic() {
    return "dynamic".equals(attributes.get("type"));
  }

  String attribute(String name) {
    return attributes.getOrDefault(name, "");
  }

  /**
   * Whether no later MPD may tell otherwise of the segment: all that are available before this
   * MPD's publishTime and minimumUpdatePeriod are over stay as they are (5.4.1). One that is sent
   * while it is made, and ends later than that, is not known to its end yet.
   */
  boolean isSettled(Representation representation, Template template, Segment segment) {
    Optional<Long> periodNs = MpdReader.durationNs(attribute("minimumUpdatePeriod"));
    long publishedNs = MpdReader.instantNs(attribute("publishTime"));
    if (!dynamic() || periodNs.isEmpty() || publishedNs == NO_TIME) {
      return true;
    }
    return endNs(representation, template, segment) <= publishedNs + periodNs.get();
  }

  /** When the segment is over, on the server's clock. */
  long endNs(Representation representation, Template template, Segment segment) {
    long end = segment.time() + segment.duration() - template.presentationTimeOffset();
    return availabilityStartNs
        + representation.periodStartNs()
        + MpdReader.ns(end, template.timescale());
  }

  /** The Representation with the id in the first Period after {@code key}'s, which may be gone. */
  Optional<Representation> successor(String key, String id) {
    List<Representation> same =
        representations.stream().filter(each -> each.id().equals(id)).toList();
    int here = same.stream().map(Representation::key).toList().indexOf(key);
    return here + 1 < same.size() ? Optional.of(same.get(here + 1)) : Optional.empty();
  }

  /** What has whole the segments that the Representation has in parts. */
  Optional<Representation> whole(Representation sequence) {
    return representations.stream()
        .filter(
            each ->
                each.periodId().equals(sequence.periodId())
                    && each.setId().equals(sequence.sequenceOf())
                    && each.codecs().equals(sequence.codecs())
                    && each.bandwidth() == sequence.bandwidth())
        .findFirst();
  }

  Optional<Representation> representation(String key) {
    return representations.stream().filter(each -> each.key().equals(key)).findFirst();
  }
}
