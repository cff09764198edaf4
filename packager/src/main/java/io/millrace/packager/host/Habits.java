package io.millrace.packager.host;

import io.millrace.packager.timeline.Irregularity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds in what was irregular of late what a broadcaster can mend, and says how. Confined to the
 * agent; time passes by {@link #tick}, once a second.
 */
final class Habits {
  private static final int REMEMBERED_TICKS = 60;

  /** Fewer are a network's hiccup. */
  private static final long MANY_GAPS = 5;

  private final Recent cuts = new Recent();
  private final Recent gaps = new Recent();
  private Duration segment = Duration.ZERO;

  /** Counts of the last minute. */
  private static final class Recent {
    private final long[] counts = new long[REMEMBERED_TICKS];
    private int at;

    void add(long count) {
      counts[at] += count;
    }

    void tick() {
      at = (at + 1) % REMEMBERED_TICKS;
      counts[at] = 0;
    }

    long sum() {
      return Arrays.stream(counts).sum();
    }

    void clear() {
      Arrays.fill(counts, 0);
    }
  }

  /** A timeline begins, with segments of this length as its goal. */
  void restart(Duration segmentGoal) {
    segment = segmentGoal;
    cuts.clear();
    gaps.clear();
  }

  void count(Irregularity kind, long samples) {
    if (kind == Irregularity.CUT_WITHOUT_KEYFRAME) {
      cuts.add(samples);
    } else if (kind == Irregularity.GAP) {
      gaps.add(samples);
    }
  }

  void tick() {
    cuts.tick();
    gaps.tick();
  }

  List<String> hints() {
    List<String> hints = new ArrayList<>();
    if (cuts.sum() > 0) {
      hints.add(
          String.format(
              Locale.ROOT,
              "Some segments begin without a keyframe: players cannot start there, and the stream"
                  + " is valid HLS but not CMAF. Set in the encoder: Keyframe interval: %d s.",
              Math.max(1, segment.toSeconds())));
    }
    if (gaps.sum() >= MANY_GAPS) {
      hints.add(
          "The encoder leaves out frames. Set in it: a lower bitrate, or a lower frame rate where"
              + " its machine is busy.");
    }
    return hints;
  }
}
