package io.millrace.packager;

import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Irregularity;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns one channel's input log into its index and parts. The same entries in the same order give
 * the same output; confined to its caller's thread.
 *
 * <p>An entry with a lower fence than one before it is dropped; a writer with a higher one
 * continues.
 */
public final class Packager {
  private final PackagerLimits limits;
  private final PackagerSink sink;
  private Fence fence = new Fence(0, 0);
  private @Nullable BroadcastPackager broadcast;
  private @Nullable ResumePoint resume;

  public Packager(PackagerLimits limits, PackagerSink sink) {
    this.limits = Objects.requireNonNull(limits, "limits");
    this.sink = Objects.requireNonNull(sink, "sink");
  }

  public void accept(InputEntry entry) {
    if (entry.fence().compareTo(fence) < 0) {
      return;
    }
    fence = entry.fence();
    if (entry.record() instanceof InputRecord.BroadcastOpened opened) {
      open(opened);
    } else if (broadcast != null) {
      take(broadcast, entry.record());
    }
  }

  /** Entries are missing before the next: what follows begins after a discontinuity. */
  public void entriesLost() {
    if (broadcast != null) {
      broadcast.endStretch();
    }
  }

  /** The timeline that is open; empty before the first and after the end of each. */
  public Optional<TimelineId> timeline() {
    return Optional.ofNullable(broadcast).map(BroadcastPackager::timeline);
  }

  private void open(InputRecord.BroadcastOpened opened) {
    if (broadcast != null && broadcast.timeline().equals(opened.timeline())) {
      return;
    }
    if (broadcast != null) {
      broadcast.close(opened.utcNs());
    }
    broadcast = new BroadcastPackager(opened, limits, sink);
    if (resume != null && resume.timeline().equals(opened.timeline())) {
      broadcast.resume(resume);
    }
    resume = null;
  }

  private void take(BroadcastPackager open, InputRecord record) {
    switch (record) {
      case InputRecord.BroadcastOpened opened -> throw new IllegalStateException("opened twice");
      case InputRecord.SourceStarted started -> open.sourceStarted();
      case InputRecord.TrackAnnounced announced -> open.announce(announced.track());
      case InputRecord.SampleArrived arrived -> open.accept(arrived.sample());
      case InputRecord.SamplesDropped dropped ->
          sink.irregularity(Irregularity.DROPPED_UPSTREAM, dropped.count());
      case InputRecord.SourceLost lost -> open.endStretch();
      case InputRecord.BroadcastClosed closed -> {
        open.close(closed.utcNs());
        broadcast = null;
      }
      case InputRecord.DateRangeMarked marked -> open.mark(marked.range());
      case InputRecord.ClockTicked ticked -> open.tick(ticked.utcNs());
    }
  }

  /**
   * Writes the whole state: a packager that {@link #restore} makes of it does with the entries that
   * follow what this one does, to the byte.
   */
  public void save(StateWriter out) {
    out.fence(fence).flag(broadcast != null);
    if (broadcast != null) {
      broadcast.save(out);
    }
  }

  /**
   * A packager that goes on where another one was saved; limits are not part of the state.
   *
   * @throws io.millrace.media.MalformedMediaException where the bytes are no such state; so may be
   *     whatever the values' types throw
   */
  public static Packager restore(StateReader in, PackagerLimits limits, PackagerSink sink) {
    Packager restored = new Packager(limits, sink);
    restored.fence = in.fence();
    if (in.flag()) {
      restored.broadcast = BroadcastPackager.restore(in, limits, sink);
    }
    return restored;
  }

  /** What is open; empty where {@link #timeline} is. */
  public Optional<ResumePoint> resumePoint() {
    return Optional.ofNullable(broadcast).map(BroadcastPackager::resumePoint);
  }

  /**
   * Goes on with a timeline whose packager's state is lost, as soon as it is opened: with a
   * discontinuity, behind all numbers and times that were published.
   *
   * @param point beyond all that was
   */
  public void resumeAt(ResumePoint point) {
    resume = point;
  }
}
