package io.millrace.sdk.internal;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads and writes JSON (RFC 8259) as maps, lists, strings, longs, doubles and booleans. What is
 * read is limited in size and depth.
 */
final class Json {
  /** The most that is read as one document: a page of 500 channels has some 0.5 MB. */
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final int MOST_DEPTH = 32;
  private static final int MOST_STRING = 1024 * 1024;
  private static final int MOST_NAME = 1_000;
  private static final int MOST_NUMBER = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MOST_BYTES)
                  .maxNestingDepth(MOST_DEPTH)
                  .maxStringLength(MOST_STRING)
                  .maxNameLength(MOST_NAME)
                  .maxNumberLength(MOST_NUMBER)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /** Reads a document that is one object. */
  static JsonObject object(byte[] document) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new FormatException("The document is not a JSON object");
      }
      JsonObject object = new JsonObject("", members(parser));
      if (parser.nextToken() != null) {
        throw new FormatException("The JSON object is followed by something else");
      }
      return object;
    } catch (JacksonException e) {
      throw new FormatException("The document is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, @Nullable Object> members(JsonParser parser) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  private static @Nullable Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new FormatException("The document ends early");
    }
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> items(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> whole(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new FormatException("A value is expected, not " + token);
    };
  }

  /** Too large for a long: as a double, which no whole number of the API is. */
  private static Object whole(JsonParser parser) {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Object) parser.getDoubleValue()
        : (Object) parser.getLongValue();
  }

  private static List<@Nullable Object> items(JsonParser parser) {
    List<@Nullable Object> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return items;
  }

  /** Writes an object whose values are strings, numbers or such objects. */
  static byte[] write(Map<String, ?> object) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(generator, object);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator generator, Map<?, ?> object) {
    generator.writeStartObject();
    for (Map.Entry<?, ?> member : object.entrySet()) {
      generator.writeName(String.valueOf(member.getKey()));
      Object value = member.getValue();
      if (value instanceof Map<?, ?> part) {
        write(generator, part);
      } else if (value instanceof Long number) {
        generator.writeNumber(number);
      } else if (value instanceof BigDecimal number) {
        generator.writeNumber(number);
      } else {
        generator.writeString(String.valueOf(value));
      }
    }
    generator.writeEndObject();
  }
}
