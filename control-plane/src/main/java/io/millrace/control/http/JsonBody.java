package io.millrace.control.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a request's JSON object field by field, and collects what is wrong with it, so that one
 * answer names everything: read all, then {@link #check}.
 */
public final class JsonBody {
  private static final int MOST_SHOWN = 80;
  private static final String JSON = "application/json";

  /** Of a field that stands twice one would be lost, and nobody can tell which was meant. */
  private static final ObjectReader STRICT =
      Json.MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  private final String prefix;
  private final JsonNode fields;
  private final List<Problem.FieldError> errors;
  private final Set<String> known = new TreeSet<>();
  private final List<JsonBody> parts = new ArrayList<>();

  private JsonBody(String prefix, JsonNode fields, List<Problem.FieldError> errors) {
    this.prefix = prefix;
    this.fields = fields;
    this.errors = errors;
  }

  /** The body; an absent one counts as an empty object. */
  public static JsonBody of(ServerRequest request) {
    byte[] content = readContent(request);
    if (content.length == 0) {
      return new JsonBody("", Json.MAPPER.createObjectNode(), new ArrayList<>());
    }
    // Not by Helidon, which throws where it cannot read it.
    String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse(JSON);
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase(JSON)) {
      throw Problem.unsupportedMediaType("content-type: (expected: application/json)");
    }
    try {
      JsonNode parsed = STRICT.readTree(content);
      if (!(parsed instanceof ObjectNode)) {
        throw Problem.badRequest("The body is not a JSON object");
      }
      return new JsonBody("", parsed, new ArrayList<>());
    } catch (StreamConstraintsException e) {
      throw Problem.badRequest(
          "The body has longer numbers or names, or is nested deeper, than anything asked for");
    } catch (JacksonException e) {
      throw Problem.badRequest("The body is not JSON: " + e.getOriginalMessage());
    }
  }

  public Optional<String> string(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isString()) {
      error(field, "%s (expected: a string)".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(value.stringValue());
  }

  public Optional<Integer> integer(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      error(field, "%s (expected: a whole number)".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(value.intValue());
  }

  public Optional<Boolean> bool(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      error(field, "%s (expected: true or false)".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(value.booleanValue());
  }

  public Optional<BigDecimal> decimal(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!isDecimal(value)) {
      error(field, "%s (expected: a number)".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(value.decimalValue());
  }

  /**
   * The strings and numbers of an object whose names are the client's; empty where it is absent.
   */
  public Map<String, Object> values(String field) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : object(field).map(JsonBody::own).orElse(Set.of())) {
      JsonNode value = each.getValue();
      if (value.isString()) {
        values.put(each.getKey(), value.stringValue());
      } else if (isDecimal(value)) {
        values.put(each.getKey(), value.decimalValue());
      } else {
        error(
            field + "." + shortened(each.getKey()),
            "%s (expected: a string or a number)".formatted(shown(value)));
      }
    }
    return values;
  }

  /** All fields, each of which is known. */
  private Set<Map.Entry<String, JsonNode>> own() {
    known.addAll(fields.propertyNames());
    return fields.properties();
  }

  /** What is beyond a double is no number of anything here. */
  private static boolean isDecimal(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.asDouble(Double.NaN));
  }

  public Optional<List<String>> strings(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    List<String> strings = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(item -> strings.add(item.isString() ? item.stringValue() : ""));
    }
    if (!value.isArray() || strings.contains("")) {
      error(field, "%s (expected: an array of strings)".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(strings);
  }

  /** An object within the body; empty where it is absent. */
  public Optional<JsonBody> object(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      error(field, "%s (expected: an object)".formatted(shown(value)));
      return Optional.empty();
    }
    JsonBody part = new JsonBody(prefix + field + ".", value, errors);
    parts.add(part);
    return Optional.of(part);
  }

  /** Says what is wrong with a field's value, beside its type. */
  public void error(String field, String detail) {
    errors.add(new Problem.FieldError(prefix + field, detail));
  }

  /** Throws a problem that names every error, fields that nobody asked for included. */
  public void check() {
    addUnknown();
    if (!errors.isEmpty()) {
      throw Problem.invalid(List.copyOf(errors));
    }
  }

  /** A value for an error message: short, and quoted where it is a string. */
  public static String shown(Object value) {
    return shortened(value instanceof String string ? "\"" + string + "\"" : value.toString());
  }

  private static String shortened(String text) {
    if (text.length() <= MOST_SHOWN) {
      return text;
    }
    // Half of a surrogate pair could not be written.
    int end = MOST_SHOWN - (Character.isHighSurrogate(text.charAt(MOST_SHOWN - 2)) ? 2 : 1);
    return text.substring(0, end) + "…";
  }

  /** Names the known fields at the first of an object's unknown ones only. */
  private void addUnknown() {
    String expected = " (expected: %s)".formatted(String.join(", ", known));
    for (String name : fields.propertyNames()) {
      if (!known.contains(name)) {
        error(shortened(name), "not known" + expected);
        expected = "";
      }
    }
    parts.forEach(JsonBody::addUnknown);
  }

  private @Nullable JsonNode value(String field) {
    known.add(field);
    JsonNode value = fields.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private static byte[] readContent(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try {
      // Not closed: that would read on, where no more can be made of what follows.
      InputStream in = request.content().inputStream();
      ApiLimits limits = ApiLimits.of(request);
      byte[] content = in.readNBytes(limits.mostBodyBytes() + 1);
      if (content.length > limits.mostBodyBytes()) {
        throw Problem.tooLarge(limits);
      }
      return content;
    } catch (IOException | DataReader.InsufficientDataAvailableException e) {
      HttpConnection.current().giveUp();
      throw Problem.badRequest("The body ended early");
    } catch (NumberFormatException | DataReader.IncorrectNewLineException e) {
      throw unreadable();
    } catch (RequestException e) {
      if (e.status().code() == Status.BAD_REQUEST_400.code()
          && !RequestFraming.isReason(String.valueOf(e.getMessage()))) {
        throw unreadable();
      }
      HttpConnection.current().giveUp();
      throw e;
    }
  }

  private static ProblemException unreadable() {
    HttpConnection.current().giveUp();
    return Problem.badRequest("The chunks of the body cannot be told apart");
  }
}
