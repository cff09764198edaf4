package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.GapPublished;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.SegmentEnded;
import io.millrace.media.index.IndexRecord.TrackDescribed;
import io.millrace.media.index.PartKey;
import io.millrace.window.store.PartBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Holds one rendition while it is folded. Confined to the fabric's agent thread. */
final class RenditionState {
  private static final int ETAG_BYTES = 8;

  private final Consumer<PartBytes> dropped;
  private final List<Configured> inits = new ArrayList<>();
  private @Nullable TrackDescribed described;

  /** The newest that is known to be of the newest init section, and not of one yet to come. */
  private @Nullable TrackDescribed settled;

  private List<SegmentView> complete = List.of();
  private long openMsn;
  private final List<PartView> openParts = new ArrayList<>();
  private int openTimescale = 1;
  private boolean ended;
  private @Nullable RenditionView view;

  /** An init section, and the description that it came with. */
  private record Configured(InitSection init, @Nullable TrackDescribed described) {}

  RenditionState(long firstMsn, Consumer<PartBytes> dropped) {
    this.openMsn = firstMsn;
    this.dropped = dropped;
  }

  void describe(TrackDescribed newest) {
    described = newest;
    view = null;
  }

  /** No init section came behind the newest description: it tells more of the one before it. */
  @SuppressWarnings("ReferenceEquality")
  void settle() {
    if (settled != described) {
      settled = described;
      view = null;
    }
  }

  /**
   * Whether a description says how the track is now, or how segments are that can still be had. The
   * record itself: each is looked for among all, so that their contents are not compared.
   */
  @SuppressWarnings("ReferenceEquality")
  boolean holds(TrackDescribed description) {
    return description == described
        || description == settled
        || inits.stream().anyMatch(kept -> description == kept.described());
  }

  void addInit(InitSection init) {
    inits.removeIf(other -> other.init().msn() == init.msn());
    inits.add(new Configured(init, described));
    settled = described;
    view = null;
  }

  @SuppressWarnings("ReferenceEquality")
  boolean holds(InitSection init) {
    return inits.stream().anyMatch(kept -> kept.init() == init);
  }

  void addPart(PartPublished part, PartBytes bytes) {
    String etag = part.sha256().slice(0, Math.min(ETAG_BYTES, part.sha256().length())).toHex();
    add(
        new PartView(
            part.key(),
            part.startTicks(),
            part.durationTicks(),
            part.independent(),
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
    for (int i = 0; i < inits.size(); i++) {
      TrackDescribed of = i == inits.size() - 1 ? settled : inits.get(i).described();
      views.add(new ConfigurationView(inits.get(i).init(), (of == null ? newest : of).track()));
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
              ended);
    }
    return view;
  }
}
