package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Says in few lines what a packager made of a {@link Show}: what was irregular, each segment with
 * its parts and the boxes of each, and how far each stretch is from what really happened. Times are
 * milliseconds, in boxes ticks; {@code i} stands before an independent part, {@code last} behind
 * one after which no more of its segment is expected.
 */
final class TimelineDump {
  private final Show show;
  private final StringBuilder out = new StringBuilder();
  private final Map<Integer, Integer> timescales = new HashMap<>();
  private final Map<Integer, List<String>> openParts = new HashMap<>();
  private final Map<Integer, List<String>> openBoxes = new HashMap<>();
  private final Map<Integer, String> openStarts = new HashMap<>();

  /** Per stretch: by how much each track's samples are later than they really were. */
  private final Map<Integer, double[]> late = new HashMap<>();

  private double syncErrorMs;
  private int published;

  TimelineDump(Show show, RecordingSink made) {
    this.show = show;
    made.irregularities.forEach(
        (kind, count) ->
            out.append("irregular: ").append(kind.label()).append(' ').append(count).append('\n'));
    made.records.forEach(record -> line(made, record));
    endStretch();
    out.append("samples: ").append(published).append(" of ").append(show.taken.size()).append('\n');
  }

  String text() {
    return out.toString();
  }

  /** The most that a picture and a sound of one stretch are from each other. */
  double syncErrorMs() {
    return syncErrorMs;
  }

  private void line(RecordingSink made, IndexRecord record) {
    switch (record) {
      case IndexRecord.TimelineOpened _ -> {}
      case IndexRecord.TrackDescribed described -> {
        timescales.put(described.track().id(), described.track().timescale());
        print(
            String.format(
                Locale.ROOT,
                "%s: %s",
                described.track().renditionName(),
                described.track().codec().codecsString()));
      }
      case IndexRecord.InitSection init ->
          print(
              String.format(
                  Locale.ROOT,
                  "init section of %d from segment %d on",
                  init.rendition(),
                  init.msn()));
      case IndexRecord.TargetDurationFixed fixed ->
          print(String.format(Locale.ROOT, "target duration %d s", fixed.seconds()));
      case IndexRecord.PartTargetFixed fixed ->
          print(
              String.format(
                  Locale.ROOT,
                  "%d part target %d ms",
                  fixed.rendition(),
                  fixed.partTargetNs() / 1_000_000));
      case IndexRecord.ClockAnchored anchor ->
          print(
              String.format(
                  Locale.ROOT,
                  "clock: from segment %d on %.3f is %.3f after the beginning",
                  anchor.msn(),
                  anchor.mediaTimeNs() / 1e6,
                  (anchor.utcNs() - InputScript.START_UTC_NS) / 1e6));
      case IndexRecord.PartPublished part -> part(made, part);
      case IndexRecord.GapPublished gap ->
          part(
              gap.key(),
              gap.startTicks(),
              gap.startTicks(),
              "gap " + ms(gap.key().rendition(), gap.durationTicks()));
      case IndexRecord.SegmentEnded ended -> segment(ended);
      case IndexRecord.Discontinuity discontinuity -> {
        endStretch();
        print(String.format(Locale.ROOT, "discontinuity before segment %d", discontinuity.msn()));
      }
      case IndexRecord.DateRange range -> print(range.toString());
      case IndexRecord.WindowStarted started ->
          print(String.format(Locale.ROOT, "window from segment %d on", started.msn()));
      case IndexRecord.BroadcastEnded _ -> print("end");
    }
  }

  private void part(RecordingSink made, IndexRecord.PartPublished part) {
    int rendition = part.key().rendition();
    part(
        part.key(),
        part.startTicks(),
        part.presentationTicks(),
        (part.independent() ? "i" : "")
            + ms(rendition, part.durationTicks())
            + (part.last() ? " last" : ""));
    Bytes data = Objects.requireNonNull(made.parts.get(part.key()));
    openBoxes
        .computeIfAbsent(rendition, _ -> new ArrayList<>())
        .add("  %d: %s".formatted(part.key().part(), BoxDump.line(data)));
    for (Chunks.ReadSample sample : Chunks.read(data).samples()) {
      published++;
      Show.Taken was = show.taken.get(Show.numberOf(rendition == InputScript.VIDEO, sample.data()));
      double lateMs = sample.pts() * 1000.0 / timescale(rendition) - was.ms();
      double[] range = late.computeIfAbsent(rendition, _ -> new double[] {lateMs, lateMs});
      range[0] = Math.min(range[0], lateMs);
      range[1] = Math.max(range[1], lateMs);
    }
  }

  private void part(PartKey key, long start, long presentation, String text) {
    int timescale = timescale(key.rendition());
    String at = String.format(Locale.ROOT, "%.3f", start * 1000.0 / timescale);
    String presented =
        String.format(Locale.ROOT, " presented at %.3f", presentation * 1000.0 / timescale);
    openStarts.putIfAbsent(key.rendition(), presentation == start ? at : at + presented);
    openParts.computeIfAbsent(key.rendition(), _ -> new ArrayList<>()).add(text);
  }

  private void segment(IndexRecord.SegmentEnded ended) {
    int rendition = ended.rendition();
    print(
        String.format(
            Locale.ROOT,
            "%s%d segment %d at %s for %s: %s",
            rendition == InputScript.VIDEO ? "v" : "a",
            rendition,
            ended.msn(),
            openStarts.remove(rendition),
            ms(rendition, ended.durationTicks()),
            Column.counted(Objects.requireNonNull(openParts.remove(rendition)), ", ")));
    openBoxes.getOrDefault(rendition, List.of()).forEach(this::print);
    openBoxes.remove(rendition);
  }

  private void endStretch() {
    if (late.isEmpty()) {
      return;
    }
    double base = late.values().stream().mapToDouble(range -> range[0]).min().orElseThrow();
    double most = late.values().stream().mapToDouble(range -> range[1]).max().orElseThrow();
    late.forEach(
        (rendition, range) ->
            print(
                String.format(
                    Locale.ROOT,
                    "drift of %d: %.1f to %.1f",
                    rendition,
                    range[0] - base,
                    range[1] - base)));
    if (late.size() > 1) {
      syncErrorMs = Math.max(syncErrorMs, most - base);
    }
    late.clear();
  }

  private int timescale(int rendition) {
    return Objects.requireNonNull(timescales.get(rendition));
  }

  private String ms(int rendition, long ticks) {
    return String.format(Locale.ROOT, "%.1f", ticks * 1000.0 / timescale(rendition));
  }

  private void print(String line) {
    out.append(line).append('\n');
  }
}
