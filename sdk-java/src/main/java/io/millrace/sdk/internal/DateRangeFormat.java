package io.millrace.sdk.internal;

import io.millrace.sdk.DateRange;
import io.millrace.sdk.DateRangeRequest;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes date ranges as the API's contract has them. */
final class DateRangeFormat {
  private DateRangeFormat() {}

  static DateRange dateRange(JsonObject json) {
    return new DateRange(
        json.string("id"),
        json.optionalString("class"),
        json.instant("start"),
        json.optionalSeconds("durationSeconds"),
        json.optionalSeconds("plannedDurationSeconds"),
        json.object("attributes").stringsAndNumbers());
  }

  static byte[] write(DateRangeRequest range) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (range.rangeClass() != null) {
      body.put("class", range.rangeClass());
    }
    if (range.start() != null) {
      body.put("start", range.start());
    }
    putSeconds(body, "durationSeconds", range.duration());
    putSeconds(body, "plannedDurationSeconds", range.plannedDuration());
    if (!range.attributes().isEmpty()) {
      body.put("attributes", new TreeMap<>(range.attributes()));
    }
    return Json.write(body);
  }

  private static void putSeconds(
      Map<String, Object> body, String name, @Nullable Duration duration) {
    if (duration != null) {
      BigDecimal seconds =
          BigDecimal.valueOf(duration.getSeconds())
              .add(BigDecimal.valueOf(duration.getNano(), 9))
              .stripTrailingZeros();
      body.put(name, seconds.scale() < 0 ? seconds.setScale(0) : seconds);
    }
  }
}
