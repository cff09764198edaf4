package io.millrace.delivery.dash;

import io.millrace.media.dash.MediaPresentation.Event;
import io.millrace.media.dash.MediaPresentation.EventStream;
import io.millrace.media.dash.MediaPresentation.EventStream.Scheme;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.media.index.IndexRecord.DateRange;
import io.millrace.window.index.DateRangeView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Makes the events of an MPD's Periods of a timeline's date ranges. Pure: each view that tells a
 * version tells the same of them.
 */
final class DateRangeEvents {
  private static final long NS_PER_MS = 1_000_000L;
  private static final String SCTE35 = "SCTE35-";
  private static final Pattern BYTES = Pattern.compile("0x(?:[0-9A-F]{2})+");

  private final List<DateRange> ranges;

  /**
   * The ranges of the version that lists segments from {@code first} to {@code last}: those that
   * came before its last one began, and are not over before its first one.
   */
  DateRangeEvents(TimelineView timeline, long first, long last) {
    SegmentView oldest = Periods.measured(timeline, first, last);
    long startUtcNs =
        oldest == null ? Long.MIN_VALUE : Periods.utcNs(timeline, first, oldest.presentationNs());
    ranges =
        Stream.concat(timeline.dateRanges().stream(), timeline.removedDateRanges().stream())
            .filter(view -> view.addedMsn() < last)
            .map(DateRangeView::range)
            .filter(range -> !range.endsBefore(startUtcNs))
            .sorted(Comparator.comparingLong(DateRange::startUtcNs).thenComparing(DateRange::id))
            .toList();
  }

  /**
   * The events of one Period: of the ranges that begin within it, and where it is the first, of
   * those before it for as long as they last.
   *
   * @param endUtcNs when the next one starts
   */
  List<EventStream> of(ClockAnchored anchor, boolean isFirst, long endUtcNs) {
    Map<String, List<Event>> marks = new TreeMap<>();
    List<Event> signals = new ArrayList<>();
    for (DateRange range : ranges) {
      long startNs = range.startUtcNs() - anchor.utcNs();
      if ((startNs < 0 && !isFirst) || range.startUtcNs() >= endUtcNs) {
        continue;
      }
      boolean isSignal = false;
      for (Map.Entry<String, String> each : range.attributes().entrySet()) {
        if (each.getKey().startsWith(SCTE35) && BYTES.matcher(each.getValue()).matches()) {
          isSignal = true;
          signals.add(event(range, each.getKey(), startNs, base64(each.getValue())));
        }
      }
      if (!isSignal) {
        marks
            .computeIfAbsent(range.rangeClass(), _ -> new ArrayList<>())
            .add(event(range, "", startNs, attributes(range)));
      }
    }
    List<EventStream> streams = new ArrayList<>();
    if (!signals.isEmpty()) {
      streams.add(new EventStream(Scheme.SCTE35, /* value= */ "", signals));
    }
    marks.forEach(
        (value, events) -> streams.add(new EventStream(Scheme.DATE_RANGE, value, events)));
    return streams;
  }

  private static Event event(DateRange range, String name, long startNs, String text) {
    // What began before the Period lasts as much shorter in it.
    long durationNs = startNs < 0 ? range.durationNs() + startNs : range.durationNs();
    return new Event(
        id(range.id() + name),
        Math.max(0, startNs) / NS_PER_MS,
        range.durationNs() < 0 ? -1 : Math.max(0, durationNs) / NS_PER_MS,
        text);
  }

  /** Event@id is a number of 32 bits (ISO/IEC 23009-1 5.10.2.2). */
  private static long id(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private static String base64(String hexadecimal) {
    return Base64.getEncoder()
        .encodeToString(HexFormat.of().parseHex(hexadecimal, 2, hexadecimal.length()));
  }

  private static String attributes(DateRange range) {
    return range.attributes().entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(","));
  }
}
