package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A date range as it stands in the playlists of a broadcast (EXT-X-DATERANGE).
 *
 * @param id made by the control plane; no other range of the broadcast has it
 * @param rangeClass CLASS; null: none
 * @param start when it begins, in whole milliseconds
 * @param duration how long it is; null: not known, and it stays until the broadcast ends
 * @param plannedDuration how long it is meant to be; null: not known
 * @param attributes the others by name: a {@link String}, or a {@link java.math.BigDecimal}
 */
public record DateRange(
    String id,
    @Nullable String rangeClass,
    Instant start,
    @Nullable Duration duration,
    @Nullable Duration plannedDuration,
    Map<String, Object> attributes) {
  /** Checks that nothing is missing. */
  public DateRange {
    requireNonNull(id, "id");
    requireNonNull(start, "start");
    attributes = Map.copyOf(attributes);
  }
}
