package io.millrace.bench.fuzz;

import io.millrace.control.http.JsonBody;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a request's body says, as the API reads it and as it is read from the bytes alone. */
final class ReadTwice {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private ReadTwice() {}

  /** Fails where the two differ; the body is read to its end. */
  static void check(JsonBody body, byte[] bytes) {
    JsonNode other;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      other = bytes.length == 0 ? MAPPER.createObjectNode() : MAPPER.readTree(text);
    } catch (CharacterCodingException | JacksonException e) {
      return; // only one of the two reads it
    }
    FuzzTarget.check(other.isObject(), "taken as an object: " + other);
    if (isSame(body, other)) {
      body.check(); // throws where there is a field that was not asked for
    }
  }

  /** Whether all of its values are of kinds that the API asks for. */
  private static boolean isSame(JsonBody body, JsonNode other) {
    boolean all = true;
    for (Map.Entry<String, JsonNode> field : other.properties()) {
      all &= isSame(body, field.getKey(), field.getValue());
    }
    return all;
  }

  private static boolean isSame(JsonBody body, String name, JsonNode value) {
    if (value.isNull()) {
      same(name, body.string(name), Optional.empty());
    } else if (value.isString()) {
      same(name, body.string(name), Optional.of(value.stringValue()));
    } else if (value.isObject()) {
      return isSame(body.object(name).orElseThrow(), value);
    } else if (value.isArray()) {
      return isSameArray(body, name, value);
    } else if (value.isIntegralNumber() && value.canConvertToInt()) {
      same(name, body.integer(name), Optional.of(value.intValue()));
    } else if (value.isNumber() && Double.isFinite(value.asDouble(Double.NaN))) {
      same(
          name,
          body.decimal(name).map(BigDecimal::doubleValue),
          Optional.of(value.decimalValue().doubleValue()));
    } else {
      return false;
    }
    return true;
  }

  private static boolean isSameArray(JsonBody body, String name, JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(each -> strings.add(each.isString() ? each.stringValue() : ""));
    boolean strange = strings.contains("");
    same(name, body.strings(name), strange ? Optional.empty() : Optional.of(strings));
    return !strange;
  }

  private static void same(String name, Optional<?> ours, Optional<?> other) {
    FuzzTarget.check(
        ours.equals(other), "%s: read as %s, by another as %s".formatted(name, ours, other));
  }
}
