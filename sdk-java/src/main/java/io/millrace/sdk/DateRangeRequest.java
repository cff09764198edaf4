package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A date range that the playlists of a broadcast are to have. Begin with {@link #now}; the API
 * checks the rest.
 *
 * @param rangeClass CLASS, a reverse domain name; null: none
 * @param start when it begins, from 60 s before now to 1 h after it; null: now
 * @param duration how long it is, at most a day; null: not known, and it stays until the broadcast
 *     ends
 * @param plannedDuration how long it is meant to be, at most a day; null: not known
 * @param attributes the others by name: a {@link String}, or a {@link BigDecimal}
 */
public record DateRangeRequest(
    @Nullable String rangeClass,
    @Nullable Instant start,
    @Nullable Duration duration,
    @Nullable Duration plannedDuration,
    Map<String, Object> attributes) {
  /**
   * Checks the attributes' types.
   *
   * @throws IllegalArgumentException if an attribute is neither a string nor a {@link BigDecimal},
   *     or a duration is below 0
   */
  public DateRangeRequest {
    attributes = Map.copyOf(attributes);
    attributes.forEach(
        (name, value) -> {
          if (!(value instanceof String || value instanceof BigDecimal)) {
            throw new IllegalArgumentException(
                "%s: %s (expected: a String or a BigDecimal)".formatted(name, value));
          }
        });
    requirePossible("duration", duration);
    requirePossible("plannedDuration", plannedDuration);
  }

  private static void requirePossible(String name, @Nullable Duration duration) {
    if (duration != null && duration.isNegative()) {
      throw new IllegalArgumentException("%s: %s (expected: 0 or more)".formatted(name, duration));
    }
  }

  /**
   * A range that begins now, of no class, of a length that is not known and with no attributes.
   *
   * @return the range to mark
   */
  public static DateRangeRequest now() {
    return new DateRangeRequest(null, null, null, null, Map.of());
  }

  /**
   * Sets the class.
   *
   * @param rangeClass a reverse domain name, such as {@code com.apple.hls.interstitial}
   * @return this range with it
   */
  public DateRangeRequest withClass(String rangeClass) {
    return new DateRangeRequest(
        requireNonNull(rangeClass, "rangeClass"), start, duration, plannedDuration, attributes);
  }

  /**
   * Sets when it begins.
   *
   * @param start from 60 s before now to 1 h after it
   * @return this range with it
   */
  public DateRangeRequest withStart(Instant start) {
    return new DateRangeRequest(
        rangeClass, requireNonNull(start, "start"), duration, plannedDuration, attributes);
  }

  /**
   * Sets how long it is; what is but a moment is {@link Duration#ZERO}.
   *
   * @param duration at most a day
   * @return this range with it
   */
  public DateRangeRequest withDuration(Duration duration) {
    return new DateRangeRequest(
        rangeClass, start, requireNonNull(duration, "duration"), plannedDuration, attributes);
  }

  /**
   * Sets how long it is meant to be.
   *
   * @param plannedDuration at most a day
   * @return this range with it
   */
  public DateRangeRequest withPlannedDuration(Duration plannedDuration) {
    return new DateRangeRequest(
        rangeClass,
        start,
        duration,
        requireNonNull(plannedDuration, "plannedDuration"),
        attributes);
  }

  /**
   * Sets an attribute to a string, or to a sequence of bytes where it is {@code 0x} and an even
   * number of hexadecimal digits.
   *
   * @param name of A-Z, 0-9 and - after {@code X-}; or SCTE35-CMD, SCTE35-OUT, SCTE35-IN, CUE
   * @param value at most 1,024 characters on one line, without quotation marks; of SCTE-35 8,194
   * @return this range with it
   */
  public DateRangeRequest withAttribute(String name, String value) {
    return with(name, requireNonNull(value, "value"));
  }

  /**
   * Sets an attribute to a number.
   *
   * @param name of A-Z, 0-9 and - after {@code X-}
   * @param value 0 or more, with at most 9 decimals
   * @return this range with it
   */
  public DateRangeRequest withAttribute(String name, BigDecimal value) {
    return with(name, requireNonNull(value, "value"));
  }

  private DateRangeRequest with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(attributes);
    more.put(requireNonNull(name, "name"), value);
    return new DateRangeRequest(rangeClass, start, duration, plannedDuration, more);
  }
}
