package io.millrace.control.channels;

import io.millrace.control.http.JsonBody;
import io.millrace.control.link.MarkedRange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A date range that a client asks for, as it will stand in the playlists and as the API shows it.
 *
 * @param rangeClass null: none
 * @param start in whole milliseconds, as playlists write it
 * @param durationSeconds null: not known
 * @param attributes by name: strings and numbers
 */
public record NewDateRange(
    String id,
    @Nullable String rangeClass,
    Instant start,
    @Nullable BigDecimal durationSeconds,
    @Nullable BigDecimal plannedDurationSeconds,
    Map<String, Object> attributes) {
  private static final Duration MOST_PAST = Duration.ofSeconds(60);
  private static final Duration MOST_FUTURE = Duration.ofHours(1);
  private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(86_400);

  /** As exact as playlists are. */
  private static final int SECONDS_DECIMALS = 5;

  private static final int MOST_CLASS = 255;
  private static final Pattern CLASS = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+");

  /** Reads all of the body and checks it; throws a problem that names every error. */
  public static NewDateRange read(JsonBody body, Instant now) {
    Optional<String> rangeClass = body.string("class");
    rangeClass
        .filter(value -> value.length() > MOST_CLASS || !CLASS.matcher(value).matches())
        .ifPresent(
            value ->
                body.error(
                    "class",
                    "%s (expected: a reverse domain name such as com.example.ad, at most %d"
                            .formatted(JsonBody.shown(value), MOST_CLASS)
                        + " characters)"));
    Instant start = start(body, now);
    BigDecimal duration = seconds(body, "durationSeconds");
    BigDecimal planned = seconds(body, "plannedDurationSeconds");
    Map<String, Object> attributes = DateRangeAttributes.read(body, rangeClass.orElse(""));
    body.check();
    return new NewDateRange(
        UUID.randomUUID().toString(),
        rangeClass.orElse(null),
        start,
        duration,
        planned,
        attributes);
  }

  private static Instant start(JsonBody body, Instant now) {
    Optional<String> text = body.string("start");
    Instant start = now;
    try {
      start = text.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant).orElse(now);
    } catch (DateTimeException e) {
      body.error(
          "start",
          "%s (expected: a date-time such as %s)"
              .formatted(JsonBody.shown(text.orElse("")), now.truncatedTo(ChronoUnit.MILLIS)));
    }
    if (start.isBefore(now.minus(MOST_PAST)) || start.isAfter(now.plus(MOST_FUTURE))) {
      body.error(
          "start",
          "%s (expected: at most %d s before now, %s, and at most %d s after it)"
              .formatted(
                  JsonBody.shown(text.orElse("")),
                  MOST_PAST.toSeconds(),
                  now.truncatedTo(ChronoUnit.MILLIS),
                  MOST_FUTURE.toSeconds()));
    }
    return start.truncatedTo(ChronoUnit.MILLIS);
  }

  private static @Nullable BigDecimal seconds(JsonBody body, String field) {
    BigDecimal seconds = body.decimal(field).orElse(null);
    if (seconds == null) {
      return null;
    }
    if (seconds.signum() < 0 || seconds.compareTo(MOST_SECONDS) > 0) {
      body.error(field, "%s (expected: 0 to %s)".formatted(JsonBody.shown(seconds), MOST_SECONDS));
      return null;
    }
    BigDecimal exact =
        seconds.setScale(SECONDS_DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  /** As the nodes are told of it. */
  public MarkedRange of(UUID channel) {
    Map<String, String> written = DateRangeAttributes.written(attributes);
    if (plannedDurationSeconds != null) {
      written.put("PLANNED-DURATION", plannedDurationSeconds.toPlainString());
    }
    long startNs = start.getEpochSecond() * 1_000_000_000L + start.getNano();
    return new MarkedRange(
        channel,
        id,
        rangeClass == null ? "" : rangeClass,
        startNs,
        durationSeconds == null ? -1 : durationSeconds.movePointRight(9).longValueExact(),
        written);
  }

  /** What the API answers: the fields as the contract names them. */
  public Map<String, Object> view() {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", id);
    putIfKnown(view, "class", rangeClass);
    view.put("start", start);
    putIfKnown(view, "durationSeconds", durationSeconds);
    putIfKnown(view, "plannedDurationSeconds", plannedDurationSeconds);
    view.put("attributes", attributes);
    return view;
  }

  private static void putIfKnown(Map<String, Object> view, String name, @Nullable Object value) {
    if (value != null) {
      view.put(name, value);
    }
  }
}
