package io.millrace.media.channel;

import java.time.Duration;

/**
 * Holds the lengths that a timeline is made with; they change with the next timeline only.
 *
 * @param part the goal for a part, 50 ms to 5 s; PART-TARGET is 5 % above it
 * @param segment the goal for a segment, at least one part, at most 6 s
 * @param window how much of the timeline viewers can reach, at least six segments
 */
public record TimelineSettings(Duration part, Duration segment, Duration window) {
  public static final TimelineSettings DEFAULT =
      new TimelineSettings(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(60));

  private static final double NS_PER_MS = 1e6;
  private static final double MS_PER_SECOND = 1e3;

  /** What a part lasts at least, of PART-TARGET, where another follows it in its segment. */
  private static final double LEAST_PART = 0.85;

  public TimelineSettings {
    require("part", part, Duration.ofMillis(50), Duration.ofSeconds(5));
    require("segment", segment, part, Duration.ofSeconds(6));
    require("window", window, segment.multipliedBy(6), Duration.ofHours(24));
  }

  /** PART-TARGET: the goal plus 5 %, so that every usual frame rate fits between 85 and 100 %. */
  public Duration partTarget() {
    return part.plus(part.dividedBy(20));
  }

  /**
   * PART-TARGET of pictures: {@link #partTarget()}, or where no number of them lasts between 85 and
   * 100 % of it (RFC 8216bis 4.4.4.9) 5 % above what as many last as fit, in whole milliseconds.
   *
   * @param framesPerSecond 0: not known
   */
  public Duration partTarget(double framesPerSecond) {
    double mostMs = partTarget().toNanos() / NS_PER_MS;
    double frames = Math.floor(framesPerSecond * mostMs / MS_PER_SECOND);
    if (frames == 0) {
      return partTarget();
    }
    double partMs = frames * MS_PER_SECOND / framesPerSecond;
    return partMs >= LEAST_PART * mostMs
        ? partTarget()
        : Duration.ofMillis((long) Math.ceil(partMs + partMs / 20));
  }

  private static void require(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s to %s)".formatted(name, value, least, most));
    }
  }
}
