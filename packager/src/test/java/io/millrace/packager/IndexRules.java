package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.timeline.Ticks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks what must hold of every index, whatever went in. */
final class IndexRules {
  private final RecordingSink sink;
  private final TimelineSettings settings;
  private final boolean regular;
  private final Map<Integer, State> renditions = new HashMap<>();
  private int targetSeconds;
  private IndexRecord.@Nullable ClockAnchored anchor;

  private static final class State {
    Track track;
    long msn = -1;
    int part;
    long end;
    long sequence;
    boolean short85;
    boolean discontinuity = true;

    /** Of the parts and gaps of the open segment, ticks. */
    long listed;

    final List<Long> ended = new ArrayList<>();
  }

  private IndexRules(RecordingSink sink, TimelineSettings settings, boolean regular) {
    this.regular = regular;
    this.sink = sink;
    this.settings = settings;
  }

  static void check(RecordingSink sink) {
    new IndexRules(sink, TimelineSettings.DEFAULT, /* regular= */ true).run();
  }

  /** Without the least length of a part: frames that come when they like cannot keep it. */
  static void checkIrregular(RecordingSink sink) {
    new IndexRules(sink, TimelineSettings.DEFAULT, /* regular= */ false).run();
  }

  private void run() {
    for (IndexRecord record : sink.records) {
      switch (record) {
        case IndexRecord.TrackDescribed(Track track) -> {
          State state = renditions.computeIfAbsent(track.id(), id -> new State());
          if (state.end > 0) {
            state.end = state.end * track.timescale() / state.track.timescale();
          }
          state.track = track;
        }
        case IndexRecord.TargetDurationFixed(int seconds) -> {
          assertThat(targetSeconds).isZero();
          assertThat(seconds).isBetween(1, 6);
          targetSeconds = seconds;
        }
        case IndexRecord.PartPublished part -> published(part);
        case IndexRecord.GapPublished gap -> {
          State state = place(gap.key(), gap.startTicks());
          checkDuration(state, gap.durationTicks());
          // A part before a gap may be short, and a gap as well.
          state.short85 = false;
          state.end = gap.startTicks() + gap.durationTicks();
        }
        case IndexRecord.SegmentEnded segment -> ended(segment);
        case IndexRecord.Discontinuity discontinuity ->
            renditions.values().forEach(state -> state.discontinuity = true);
        case IndexRecord.TimelineOpened opened -> {}
        case IndexRecord.InitSection init -> {}
        case IndexRecord.ClockAnchored anchor -> anchored(anchor);
        case IndexRecord.DateRange range -> {}
        case IndexRecord.WindowStarted started -> {}
        case IndexRecord.BroadcastEnded ended -> {}
      }
    }
    sameNumbersEverywhere();
  }

  /**
   * Neither media time nor PROGRAM-DATE-TIME goes back behind what was published; where there is no
   * discontinuity dates may overlap by less than a second.
   */
  private void anchored(IndexRecord.ClockAnchored next) {
    if (anchor != null) {
      long endNs = 0;
      for (State state : renditions.values()) {
        endNs = Math.max(endNs, Ticks.toNs(state.end, state.track.timescale()));
      }
      assertThat(next.msn()).isGreaterThan(anchor.msn());
      // Where the publisher's own clock goes on, sound may be ahead of the picture; of one whose
      // times are wild a last frame may have been said to last far past it.
      if (regular) {
        assertThat(next.mediaTimeNs())
            .isGreaterThanOrEqualTo(endNs - settings.partTarget().toNanos());
      }
      boolean goesOn = renditions.values().stream().noneMatch(state -> state.discontinuity);
      assertThat(next.utcNs() + (goesOn ? 999_999_999 : 0))
          .isGreaterThanOrEqualTo(anchor.utcNs() + endNs - anchor.mediaTimeNs())
          .isLessThan(InputScript.START_UTC_NS + 86_400L * 1_000_000_000);
    }
    anchor = next;
  }

  private State place(PartKey key, long start) {
    State state = Objects.requireNonNull(renditions.get(key.rendition()), "not described");
    assertThat(state.short85).as("a part below 85 %% before %s", key).isFalse();
    if (state.msn < 0) {
      state.msn = key.msn();
    }
    assertThat(key.msn()).isEqualTo(state.msn);
    assertThat(key.part()).isEqualTo(state.part++);
    if (state.discontinuity) {
      assertThat(start).as("start of %s", key).isGreaterThanOrEqualTo(state.end);
    } else {
      assertThat(start).as("start of %s", key).isEqualTo(state.end);
    }
    state.discontinuity = false;
    return state;
  }

  private void checkDuration(State state, long ticks) {
    double target = settings.partTarget().toNanos() / 1e9;
    assertThat((double) ticks / state.track.timescale())
        .as("duration of a part or gap of %s", state.track.renditionName())
        .isPositive()
        .isLessThanOrEqualTo(target);
    state.listed += ticks;
  }

  private void published(IndexRecord.PartPublished part) {
    State state = Objects.requireNonNull(renditions.get(part.key().rendition()), "not described");
    place(part.key(), part.startTicks());
    checkDuration(state, part.durationTicks());
    double seconds = (double) part.durationTicks() / state.track.timescale();
    double target = settings.partTarget().toNanos() / 1e9;
    // RFC 8216bis 4.4.4.9: not for independent parts; all sound is.
    state.short85 = regular && seconds < target * 0.85 && !part.independent();

    Chunks.Chunk chunk = Chunks.read(Objects.requireNonNull(sink.parts.get(part.key())));
    int first = chunk.samples().getFirst().data().length();
    int all = chunk.samples().stream().mapToInt(sample -> sample.data().length()).sum();
    boolean keyframe = state.track.kind() == TrackKind.VIDEO && part.independent();
    assertThat(part.keyframeBytes()).isEqualTo(keyframe ? part.sizeBytes() - all + first : 0);
    assertThat(chunk.styp()).isEqualTo(part.key().part() == 0);
    assertThat(chunk.sequence()).isGreaterThan(state.sequence);
    state.sequence = chunk.sequence();
    assertThat(chunk.trackId()).isEqualTo(part.key().rendition());
    assertThat(chunk.start()).isEqualTo(part.startTicks());
    assertThat(part.presentationTicks())
        .isEqualTo(chunk.samples().stream().mapToLong(Chunks.ReadSample::pts).min().orElseThrow());
    assertThat(chunk.duration()).as("bytes of %s", part).isEqualTo(part.durationTicks());
    state.end = part.startTicks() + part.durationTicks();
    assertThat(chunk.samples().getFirst().sync()).isEqualTo(part.independent());
  }

  private void ended(IndexRecord.SegmentEnded segment) {
    State state = Objects.requireNonNull(renditions.get(segment.rendition()));
    assertThat(segment.msn()).isEqualTo(state.msn);
    assertThat(segment.partCount()).isEqualTo(state.part).isPositive();
    assertThat(segment.durationTicks()).as("%s", segment).isEqualTo(state.listed);
    state.listed = 0;
    double seconds = (double) segment.durationTicks() / state.track.timescale();
    if (targetSeconds > 0) {
      assertThat(Math.round(seconds)).as("%s", segment).isLessThanOrEqualTo(targetSeconds);
    }
    state.ended.add(segment.msn());
    state.msn++;
    state.part = 0;
    state.short85 = false;
  }

  /** No rendition is more than a segment behind, and all have ended the same at the end. */
  private void sameNumbersEverywhere() {
    long newest = -1;
    for (State state : renditions.values()) {
      newest = Math.max(newest, state.ended.isEmpty() ? -1 : state.ended.getLast());
    }
    for (State state : renditions.values()) {
      if (!state.ended.isEmpty()) {
        assertThat(newest - state.ended.getLast()).isLessThanOrEqualTo(1);
      }
    }
  }
}
