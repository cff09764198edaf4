package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.GapPublished;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.PartTargetFixed;
import io.millrace.media.index.IndexRecord.SegmentEnded;
import io.millrace.media.index.IndexRecord.TrackDescribed;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.ConfigurationView.Description;
import io.millrace.window.store.PartBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Holds one rendition while it is folded. Confined to the fabric's agent thread. */
final class RenditionState {

  private final Consumer<PartBytes> dropped;
  private final List<Configured> inits = new ArrayList<>();
  private @Nullable TrackDescribed described;

  /** The newest, while it may be of an init section yet to come. */
  private @Nullable Described unsettled;

  private List<SegmentView> complete = List.of();
  private long openMsn;
  private final List<PartView> openParts = new ArrayList<>();
  private int openTimescale = 1;
  private long partTargetNs;
  private boolean ended;
  private @Nullable RenditionView view;

  private record Described(TrackDescribed by, long fromMsn) {}

  /** An init section, and the descriptions that it came with and that came since. */
  private record Configured(InitSection init, List<Described> descriptions) {
    /** Forgets what no version from a segment on says. */
    boolean dropBefore(long msn) {
      boolean any = false;
      while (descriptions.size() > 1 && descriptions.get(1).fromMsn() <= msn) {
        descriptions.removeFirst();
        any = true;
      }
      return any;
    }
  }

  /** With the timeline's PART-TARGET, until another is fixed. */
  RenditionState(long firstMsn, long partTargetNs, Consumer<PartBytes> dropped) {
    this.openMsn = firstMsn;
    this.partTargetNs = partTargetNs;
    this.dropped = dropped;
  }

  /**
   * The track is, or was, as that says.
   *
   * @param fromMsn no segment from it on has begun
   */
  void describe(TrackDescribed newest, long fromMsn) {
    described = newest;
    unsettled = new Described(newest, fromMsn);
    view = null;
  }

  void fixPartTarget(PartTargetFixed fixed) {
    partTargetNs = fixed.partTargetNs();
    view = null;
  }

  /** No init section came behind the newest description: it tells more of the one before it. */
  void settle() {
    if (unsettled != null && !inits.isEmpty()) {
      inits.getLast().descriptions().add(unsettled);
      view = null;
    }
    unsettled = null;
  }

  /**
   * Whether a description says how the track is now, or how segments are that can still be had. The
   * record itself: each is looked for among all, so that their contents are not compared.
   */
  @SuppressWarnings("ReferenceEquality")
  boolean holds(TrackDescribed description) {
    return description == described
        || inits.stream()
            .flatMap(kept -> kept.descriptions().stream())
            .anyMatch(kept -> description == kept.by());
  }

  void addInit(InitSection init) {
    inits.removeIf(other -> other.init().msn() == init.msn());
    List<Described> descriptions = new ArrayList<>();
    if (described != null) {
      descriptions.add(new Described(described, init.msn()));
    }
    inits.add(new Configured(init, descriptions));
    unsettled = null;
    view = null;
  }

  @SuppressWarnings("ReferenceEquality")
  boolean holds(InitSection init) {
    return inits.stream().anyMatch(kept -> kept.init() == init);
  }

  void addPart(PartPublished part, PartBytes bytes) {
    // All frames of sound are independent; of pictures the index tells which one it begins with.
    boolean video = described != null && described.track().kind() == TrackKind.VIDEO;
    String etag = PartView.etag(part.sha256());
    add(
        new PartView(
            part.key(),
            part.startTicks(),
            part.durationTicks(),
            part.independent(),
            part.independent() && (!video || part.keyframeBytes() > 0),
            part.sizeBytes(),
            etag,
            part.keyframeBytes(),
            part.presentationTicks(),
            part.last(),
            bytes));
  }

  void addGap(GapPublished gap) {
    long startTicks = gap.startTicks();
    add(
        new PartView(
            gap.key(),
            startTicks,
            gap.durationTicks(),
            /* independent= */ false,
            /* startsIndependent= */ false,
            /* sizeBytes= */ 0,
            /* etag= */ "",
            /* keyframeBytes= */ 0,
            /* presentationTicks= */ startTicks,
            /* last= */ false,
            /* bytes= */ null));
  }

  private void add(PartView part) {
    PartKey key = part.key();
    if (key.msn() > openMsn) {
      skipTo(key.msn());
    }
    if (key.msn() == openMsn && key.part() == openParts.size()) {
      if (openParts.isEmpty() && described != null) {
        openTimescale = described.track().timescale();
      }
      openParts.add(part);
      view = null;
    }
  }

  void endSegment(SegmentEnded segment) {
    if (segment.msn() > openMsn) {
      skipTo(segment.msn());
    }
    if (segment.msn() == openMsn) {
      close(segment.durationTicks());
    }
  }

  /** The first segment of a rendition that began later than its timeline, or of a cut snapshot. */
  private void skipTo(long msn) {
    if (!openParts.isEmpty()) {
      close(openDurationTicks());
    }
    if (msn > openMsn) {
      // Numbers in a playlist have no gap: what lies before the jump can no longer be listed.
      complete.forEach(this::drop);
      complete = List.of();
      openMsn = msn;
    }
  }

  private void close(long durationTicks) {
    List<SegmentView> longer = new ArrayList<>(complete.size() + 1);
    longer.addAll(complete);
    longer.add(
        new SegmentView(openMsn, durationTicks, openParts, /* complete= */ true, openTimescale));
    complete = List.copyOf(longer);
    openParts.clear();
    openMsn++;
    view = null;
  }

  void end() {
    ended = true;
    view = null;
  }

  /** The number of the open segment: those below it are complete. */
  long openMsn() {
    return openMsn;
  }

  /** The number of the last segment that has begun. */
  long reachedMsn() {
    return openParts.isEmpty() ? openMsn - 1 : openMsn;
  }

  /** Whether it has anything. */
  boolean hasMedia() {
    return !complete.isEmpty() || !openParts.isEmpty();
  }

  /**
   * The first of the segments before one that last so long together, and are so many; the first
   * that there is where they do not.
   */
  long firstBefore(long msn, long lengthNs, int count) {
    long first = Math.min(msn, openMsn);
    long oldest = openMsn - complete.size();
    long sumNs = 0;
    while (first > oldest && (sumNs < lengthNs || msn - first < count)) {
      first--;
      sumNs += complete.get((int) (first - oldest)).durationNs();
    }
    return first;
  }

  /**
   * The first segment before one for which this holds: from its end up to that one it is less than
   * its own length and {@code longerNs} more.
   */
  long keptFrom(long msn, long longerNs) {
    long kept = Math.min(msn, openMsn);
    long sumNs = 0;
    for (SegmentView segment : complete.reversed()) {
      if (segment.msn() < msn) {
        kept = sumNs < segment.durationNs() + longerNs ? segment.msn() : kept;
        sumNs += segment.durationNs();
      }
    }
    return kept;
  }

  void dropBefore(long msn) {
    int count = 0;
    while (count < complete.size() && complete.get(count).msn() < msn) {
      drop(complete.get(count));
      count++;
    }
    if (count > 0) {
      complete = List.copyOf(complete.subList(count, complete.size()));
      view = null;
    }
    if (openMsn < msn) {
      openParts.forEach(this::drop);
      openParts.clear();
      view = null;
    }
    while (inits.size() > 1 && inits.get(1).init().msn() <= msn) {
      inits.removeFirst();
      view = null;
    }
    for (Configured kept : inits) {
      if (kept.dropBefore(msn)) {
        view = null;
      }
    }
  }

  private void drop(SegmentView segment) {
    segment.parts().forEach(this::drop);
  }

  private void drop(PartView part) {
    if (part.bytes() != null) {
      dropped.accept(part.bytes());
    }
  }

  private long openDurationTicks() {
    long ticks = 0;
    for (PartView part : openParts) {
      ticks += part.durationTicks();
    }
    return ticks;
  }

  private List<ConfigurationView> configurations(TrackDescribed newest) {
    List<ConfigurationView> views = new ArrayList<>(inits.size());
    for (Configured made : inits) {
      List<Description> of = new ArrayList<>(made.descriptions().size());
      for (Described each : made.descriptions()) {
        of.add(new Description(each.by().track(), each.fromMsn()));
      }
      if (of.isEmpty()) {
        of.add(new Description(newest.track(), made.init().msn()));
      }
      views.add(new ConfigurationView(made.init(), of));
    }
    return List.copyOf(views);
  }

  /** The state as viewers see it; null until the track is described. */
  @Nullable RenditionView viewOrNull() {
    if (view == null && described != null) {
      view =
          new RenditionView(
              described.track(),
              configurations(described),
              complete,
              new SegmentView(
                  openMsn, openDurationTicks(), openParts, /* complete= */ false, openTimescale),
              partTargetNs,
              ended);
    }
    return view;
  }
}
