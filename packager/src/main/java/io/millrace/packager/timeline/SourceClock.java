package io.millrace.packager.timeline;

import static io.millrace.packager.timeline.Irregularity.BACKWARD_STEP;
import static io.millrace.packager.timeline.Irregularity.COMPOSITION_TIME;
import static io.millrace.packager.timeline.Irregularity.JUMP;
import static io.millrace.packager.timeline.Irregularity.STRAY;
import static io.millrace.packager.timeline.Irregularity.TRACK_OFFSET;

import io.millrace.media.track.Sample;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Straightens the timestamps of one publisher's session.
 *
 * <p>Each track is followed from its own last dts; a track that begins, or begins anew after a
 * jump, is placed by the latest time of the others. A wrap is believed where it brings the
 * timestamp near to what was expected; what cannot be explained so is a jump, and every track goes
 * through it together.
 */
public final class SourceClock {
  /** A step forward above this is a jump. */
  static final long MAX_FORWARD_NS = 10_000_000_000L;

  /** A step forward above this is a jump too where the session is ahead of the clock. */
  static final long SMALL_STEP_NS = 200_000_000L;

  /** So far may a session's times run ahead of the clock: what is sent after a stall has stood. */
  static final long MAX_AHEAD_NS = 12_000_000_000L;

  /** A step back above this is a jump. */
  static final long MAX_BACKWARD_NS = 500_000_000L;

  /** Tracks this near to each other have gone through the same jump. */
  static final long TOGETHER_NS = 400_000_000L;

  /** A track that goes on so long without the others' jump does not follow it. */
  static final long MAX_STRAY_NS = 2_000_000_000L;

  private static final int MILLISECONDS = 1000;
  private static final int MPEG_TICKS = 90_000;

  private final IrregularityCounter counter;
  private final Map<Integer, TrackState> tracks = new HashMap<>();
  private int epoch;
  private long latestNs;

  /** How far the times may go on at once: earned as time passes, spent as they go on. */
  private long creditNs = MAX_AHEAD_NS;

  private long highNs;
  private long lastArrivalNs;

  public SourceClock(IrregularityCounter counter) {
    this.counter = counter;
  }

  /** The sample's place; empty where it must be dropped. */
  public Optional<SourceTime> place(Sample sample, int timescale) {
    TrackState track = tracks.computeIfAbsent(sample.trackId(), id -> new TrackState());
    long dtsNs = unwrap(track, sample.dts(), timescale);
    earn(sample.arrivalNs());
    long compositionNs = Ticks.toNs(sample.pts() - sample.dts(), timescale);
    if (Math.abs(compositionNs) > MAX_FORWARD_NS) {
      counter.count(COMPOSITION_TIME);
      compositionNs = 0;
    }
    long ptsNs = dtsNs + compositionNs;
    if (epoch == 0) {
      epoch = 1;
      highNs = dtsNs;
    } else if (!track.begun) {
      ptsNs += moveTo(track, dtsNs, Math.abs(dtsNs - latestNs) > MAX_FORWARD_NS);
    } else if (track.epoch != epoch) {
      if (isStray(track, dtsNs)) {
        counter.count(STRAY);
        track.strayNs += dtsNs - track.lastNs;
        track.lastNs = dtsNs;
        return Optional.empty();
      }
      ptsNs += moveTo(track, dtsNs, Math.abs(dtsNs - latestNs) > MAX_FORWARD_NS);
    } else if (isJump(dtsNs - track.lastNs) || isAhead(track, dtsNs)) {
      counter.count(JUMP);
      epoch++;
      highNs = dtsNs;
    } else if (dtsNs <= track.lastNs) {
      counter.count(BACKWARD_STEP);
      dtsNs = track.lastNs + Math.max(1, Ticks.toNs(1, timescale));
      return Optional.of(accept(track, dtsNs, ptsNs));
    }
    dtsNs = ptsNs - compositionNs;
    return Optional.of(accept(track, dtsNs, ptsNs));
  }

  private SourceTime accept(TrackState track, long dtsNs, long ptsNs) {
    track.begun = true;
    track.epoch = epoch;
    track.lastNs = dtsNs;
    track.strayNs = 0;
    latestNs = dtsNs;
    if (dtsNs > highNs) {
      creditNs -= dtsNs - highNs;
      highNs = dtsNs;
    }
    return new SourceTime(epoch, dtsNs, ptsNs);
  }

  /** By how much the track's times are moved so that {@code dtsNs} is where the others are. */
  private long moveTo(TrackState track, long dtsNs, boolean needed) {
    if (!needed) {
      return 0;
    }
    counter.count(TRACK_OFFSET);
    long shift = latestNs - dtsNs;
    track.shiftNs += shift;
    return shift;
  }

  private static boolean isJump(long deltaNs) {
    return deltaNs > MAX_FORWARD_NS || deltaNs < -MAX_BACKWARD_NS;
  }

  /** An encoder's clock may be a little faster. */
  private void earn(long arrivalNs) {
    long elapsedNs = Math.max(0, arrivalNs - lastArrivalNs);
    lastArrivalNs = arrivalNs;
    creditNs = Math.min(MAX_AHEAD_NS, creditNs + Math.min(MAX_AHEAD_NS, elapsedNs) * 21 / 20);
  }

  /** A hole takes its time, on the way at least; times that were changed do not. */
  private boolean isAhead(TrackState track, long dtsNs) {
    return dtsNs - track.lastNs > SMALL_STEP_NS && dtsNs - highNs > creditNs;
  }

  /** Whether the track goes on as if the others had not jumped, and may yet follow them. */
  private boolean isStray(TrackState track, long dtsNs) {
    return !isJump(dtsNs - track.lastNs)
        && Math.abs(dtsNs - latestNs) > TOGETHER_NS
        && track.strayNs < MAX_STRAY_NS;
  }

  private long unwrap(TrackState track, long raw, int timescale) {
    long plainNs = Ticks.toNs(raw + track.wrapTicks, timescale) + track.shiftNs;
    if (epoch == 0) {
      return plainNs;
    }
    List<Long> expected = new ArrayList<>(2);
    if (track.begun) {
      expected.add(track.lastNs);
    }
    if (!track.begun || track.epoch != epoch) {
      expected.add(latestNs);
    }
    for (long near : expected) {
      if (Math.abs(plainNs - near) <= MAX_FORWARD_NS) {
        return plainNs;
      }
    }
    for (long near : expected) {
      for (Wrap wrap : Wrap.of(timescale)) {
        for (int sign = -1; sign <= 1; sign += 2) {
          long ticks = track.wrapTicks + sign * wrap.modulus;
          long ns = Ticks.toNs(raw + ticks, timescale) + track.shiftNs;
          if (Math.abs(ns - near) <= MAX_FORWARD_NS) {
            track.wrapTicks = ticks;
            counter.count(wrap.kind);
            return ns;
          }
        }
      }
    }
    return plainNs;
  }

  private record Wrap(long modulus, Irregularity kind) {
    private static final List<Wrap> OF_MILLISECONDS =
        List.of(
            new Wrap(1L << 32, Irregularity.WRAP_32),
            new Wrap(1L << 31, Irregularity.WRAP_31),
            new Wrap(1L << 24, Irregularity.WRAP_24));
    private static final List<Wrap> OF_MPEG_TICKS =
        List.of(new Wrap(1L << 33, Irregularity.WRAP_33));

    static List<Wrap> of(int timescale) {
      return switch (timescale) {
        case MILLISECONDS -> OF_MILLISECONDS;
        case MPEG_TICKS -> OF_MPEG_TICKS;
        default -> List.of();
      };
    }
  }

  private static final class TrackState {
    private boolean begun;
    private int epoch;
    private long wrapTicks;
    private long shiftNs;
    private long lastNs;
    private long strayNs;
  }

  /** Writes what {@link #restore} of a new clock needs to go on. */
  public void save(StateWriter out) {
    out.number(epoch).number(latestNs).number(creditNs).number(highNs).number(lastArrivalNs);
    out.number(tracks.size());
    tracks.forEach(
        (id, track) ->
            out.number(id)
                .flag(track.begun)
                .number(track.epoch)
                .number(track.wrapTicks)
                .number(track.shiftNs)
                .number(track.lastNs)
                .number(track.strayNs));
  }

  public void restore(StateReader in) {
    epoch = in.integer();
    latestNs = in.number();
    creditNs = in.number();
    highNs = in.number();
    lastArrivalNs = in.number();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      int id = in.integer();
      TrackState track = new TrackState();
      track.begun = in.flag();
      track.epoch = in.integer();
      track.wrapTicks = in.number();
      track.shiftNs = in.number();
      track.lastNs = in.number();
      track.strayNs = in.number();
      tracks.put(id, track);
    }
  }
}
