package io.millrace.sdk.internal;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose fields are asked for by name and type. A field that is absent and one that is
 * null are the same. What is missing or of another type is a {@link FormatException} that names its
 * path.
 */
final class JsonObject {
  private static final int MOST_SHOWN = 80;
  private static final double NANOS_PER_MS = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String path;
  private final Map<?, ?> members;

  JsonObject(String path, Map<?, ?> members) {
    this.path = path;
    this.members = members;
  }

  String string(String name) {
    return required(name, optionalString(name), "a string");
  }

  @Nullable String optionalString(String name) {
    return optional(name, "a string", value -> value instanceof String text ? text : null);
  }

  int integer(String name) {
    return required(name, optionalInteger(name), "a whole number");
  }

  @Nullable Integer optionalInteger(String name) {
    return optional(
        name,
        "a whole number of 32 bits",
        value ->
            value instanceof Long number && number == number.intValue() ? number.intValue() : null);
  }

  @Nullable Long optionalLong(String name) {
    return optional(
        name, "a whole number of 64 bits", value -> value instanceof Long number ? number : null);
  }

  @Nullable Double optionalDouble(String name) {
    return optional(name, "a number", JsonObject::asDouble);
  }

  /** Whole milliseconds. */
  Duration milliseconds(String name) {
    return required(
        name,
        optional(
            name,
            "a number of milliseconds",
            value ->
                value instanceof Long number && number >= 0 ? Duration.ofMillis(number) : null),
        "a number of milliseconds");
  }

  /** Milliseconds that may have a fraction. */
  @Nullable Duration optionalMilliseconds(String name) {
    return optional(
        name,
        "a number of milliseconds",
        value -> {
          Double number = asDouble(value);
          return number == null || number < 0 || number > Integer.MAX_VALUE
              ? null
              : Duration.ofNanos(Math.round(number * NANOS_PER_MS));
        });
  }

  /** Seconds that may have a fraction. */
  @Nullable Duration optionalSeconds(String name) {
    return optional(
        name,
        "a number of seconds",
        value -> {
          Double number = asDouble(value);
          return number == null || number < 0 || number > Integer.MAX_VALUE
              ? null
              : Duration.ofNanos(Math.round(number * NANOS_PER_SECOND));
        });
  }

  /** All fields, each a string or a {@link BigDecimal}. */
  Map<String, Object> stringsAndNumbers() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map.Entry<?, ?> each : members.entrySet()) {
      String name = String.valueOf(each.getKey());
      Object value = each.getValue();
      if (value instanceof String) {
        all.put(name, value);
      } else if (value instanceof Long whole) {
        all.put(name, BigDecimal.valueOf(whole));
      } else if (value instanceof Double number && Double.isFinite(number)) {
        all.put(name, BigDecimal.valueOf(number));
      } else {
        throw wrong(at(name), value, "a string or a number");
      }
    }
    return all;
  }

  UUID uuid(String name) {
    return required(name, optionalUuid(name), "a UUID");
  }

  @Nullable UUID optionalUuid(String name) {
    return optional(name, "a UUID", value -> value instanceof String text ? asUuid(text) : null);
  }

  Instant instant(String name) {
    return required(name, optionalInstant(name), "a date and time");
  }

  @Nullable Instant optionalInstant(String name) {
    return optional(
        name, "a date and time", value -> value instanceof String text ? asInstant(text) : null);
  }

  URI uri(String name) {
    return required(name, optionalUri(name), "an address");
  }

  @Nullable URI optionalUri(String name) {
    return optional(name, "an address", value -> value instanceof String text ? asUri(text) : null);
  }

  JsonObject object(String name) {
    return required(
        name,
        optional(
            name,
            "an object",
            value -> value instanceof Map<?, ?> map ? new JsonObject(at(name), map) : null),
        "an object");
  }

  /** An array of objects; an absent one counts as empty. */
  List<JsonObject> objects(String name) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object item : items(name)) {
      String at = "%s[%d]".formatted(at(name), objects.size());
      if (!(item instanceof Map<?, ?> map)) {
        throw wrong(at, item, "an object");
      }
      objects.add(new JsonObject(at, map));
    }
    return objects;
  }

  /** An array of strings; an absent one counts as empty. */
  List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    for (Object item : items(name)) {
      if (!(item instanceof String text)) {
        throw wrong("%s[%d]".formatted(at(name), strings.size()), item, "a string");
      }
      strings.add(text);
    }
    return strings;
  }

  private List<?> items(String name) {
    List<?> items =
        optional(name, "an array", value -> value instanceof List<?> list ? list : null);
    return items == null ? List.of() : items;
  }

  private <T> T required(String name, @Nullable T value, String expected) {
    if (value == null) {
      throw new FormatException("%s: missing (expected: %s)".formatted(at(name), expected));
    }
    return value;
  }

  private <T> @Nullable T optional(
      String name, String expected, Function<Object, @Nullable T> conversion) {
    Object value = members.get(name);
    if (value == null) {
      return null;
    }
    T converted = conversion.apply(value);
    if (converted == null) {
      throw wrong(at(name), value, expected);
    }
    return converted;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static FormatException wrong(String at, @Nullable Object value, String expected) {
    String text = String.valueOf(value);
    String shown = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN - 1) + "…";
    return new FormatException("%s: %s (expected: %s)".formatted(at, shown, expected));
  }

  private static @Nullable Double asDouble(Object value) {
    if (value instanceof Long whole) {
      return BigDecimal.valueOf(whole).doubleValue();
    }
    return value instanceof Double number && Double.isFinite(number) ? number : null;
  }

  private static @Nullable UUID asUuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equalsIgnoreCase(text) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Instant asInstant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable URI asUri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
