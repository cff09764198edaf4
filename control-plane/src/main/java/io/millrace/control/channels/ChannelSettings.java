package io.millrace.control.channels;

import io.millrace.control.http.JsonBody;
import java.util.Optional;

/**
 * The lengths that a channel's timelines are made with; they change with the next timeline.
 *
 * @param partMs the goal for a part
 * @param segmentMs the goal for a segment
 * @param windowMs how much viewers can reach
 * @param graceMs how long a lost publisher may come back to the same timeline
 */
public record ChannelSettings(int partMs, int segmentMs, int windowMs, int graceMs) {
  /** Those of a channel of which nothing is said. */
  public static final ChannelSettings DEFAULT = new ChannelSettings(200, 2_000, 60_000, 30_000);

  private static final int LEAST_PART_MS = 50;
  private static final int MOST_PART_MS = 5_000;
  private static final int MOST_SEGMENT_MS = 6_000;
  private static final int LEAST_SEGMENTS = 6;
  private static final int MOST_WINDOW_MS = 24 * 60 * 60 * 1_000;
  private static final int MOST_GRACE_MS = 60 * 60 * 1_000;

  /** These settings with what the body names changed; errors are left with the body. */
  ChannelSettings with(JsonBody body) {
    ChannelSettings changed =
        new ChannelSettings(
            body.integer("partMs").orElse(partMs),
            body.integer("segmentMs").orElse(segmentMs),
            body.integer("windowMs").orElse(windowMs),
            body.integer("graceMs").orElse(graceMs));
    require(body, "partMs", changed.partMs, LEAST_PART_MS, MOST_PART_MS, "");
    require(
        body,
        "segmentMs",
        changed.segmentMs,
        Math.max(LEAST_PART_MS, changed.partMs),
        MOST_SEGMENT_MS,
        ", at least partMs");
    require(
        body,
        "windowMs",
        changed.windowMs,
        LEAST_SEGMENTS * Math.clamp(changed.segmentMs, LEAST_PART_MS, MOST_SEGMENT_MS),
        MOST_WINDOW_MS,
        ", at least six segments");
    require(body, "graceMs", changed.graceMs, 0, MOST_GRACE_MS, "");
    return changed;
  }

  /** What the body names, and else what was before; errors are left with the body. */
  public static ChannelSettings read(Optional<JsonBody> body, ChannelSettings before) {
    return body.map(before::with).orElse(before);
  }

  private static void require(
      JsonBody body, String field, int value, int least, int most, String why) {
    if (value < least || value > most) {
      body.error(field, "%d (expected: %d to %d%s)".formatted(value, least, most, why));
    }
  }
}
