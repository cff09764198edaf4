package io.millrace.server.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads a YAML file of settings token by token, so that a value's text is as it stands there: bound
 * to a tree, an unquoted 1.10 would be the number 1.1.
 */
final class SettingsFile {
  private static final int MOST_BYTES = 1 << 20;

  /** More than any key has; what is deeper costs memory in the square of its depth. */
  private static final int MOST_LEVELS = 16;

  /** What stands twice would count once, and which of both is hard to see in a long file. */
  private static final YAMLFactory YAML =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final int[] text;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Deque<String> prefixes = new ArrayDeque<>();

  private SettingsFile(Path file, String text) {
    this.file = file;
    this.text = text.codePoints().toArray();
  }

  /** Reads the texts by their keys, in the order of the file. */
  static Map<String, String> read(Path file) {
    String text = text(file);
    SettingsFile reading = new SettingsFile(file, text);
    try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), text)) {
      reading.readDocument((YAMLParser) parser);
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null ? "" : " in line %d".formatted(e.getLocation().getLineNr());
      String why = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new SettingsException(
          "%s is not YAML%s: %s"
              .formatted(file, where, why.replaceFirst(", got this instead: .*", "")));
    }
    return reading.values;
  }

  private static String text(Path file) {
    if (Files.isDirectory(file)) {
      throw new SettingsException("%s is a directory".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new SettingsException("%s is larger than 1 MiB".formatted(file));
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text; // a byte order mark
    } catch (IOException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(file, reason(e)));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case CharacterCodingException _ -> "it is not UTF-8";
      default -> e.getClass().getSimpleName();
    };
  }

  private void readDocument(YAMLParser parser) {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return;
    }
    refuseMarks(parser);
    if (first == JsonToken.START_OBJECT) {
      prefixes.push("");
      while (!prefixes.isEmpty()) {
        readToken(parser, parser.nextToken());
      }
    } else if (first != JsonToken.VALUE_NULL) {
      throw new SettingsException("%s holds no settings (expected: key: value)".formatted(file));
    }
    if (parser.nextToken() != null) {
      throw new SettingsException(
          "%s holds more than one document (expected: one)".formatted(file));
    }
  }

  private void readToken(YAMLParser parser, @Nullable JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      prefixes.pop();
      return;
    }
    if (token == null) { // the parser refuses it before
      throw new SettingsException("%s ends within a map".formatted(file));
    }
    refuseMarks(parser);
    if (token == JsonToken.PROPERTY_NAME) {
      return;
    }
    String key = key(parser);
    if (token == JsonToken.START_ARRAY) {
      parser.skipChildren(); // one that does not end is told as that
      throw refused(key, "a list (expected: one value)");
    }
    if (token == JsonToken.START_OBJECT) {
      if (prefixes.size() == MOST_LEVELS) {
        throw refused(key, "more than %d levels (expected: a value)".formatted(MOST_LEVELS));
      }
      prefixes.push(key + ".");
    } else if (values.put(key, token == JsonToken.VALUE_NULL ? "" : parser.getString()) != null) {
      throw new SettingsException("%s stands twice in %s".formatted(key, file));
    }
  }

  /**
   * Refuses what is not the value but says something of it. A password that begins so and lacks its
   * quotes would be empty otherwise.
   */
  private void refuseMarks(YAMLParser parser) {
    // The parser tells of an alias, but not of every anchor: those are seen in the text.
    int at = (int) parser.currentTokenLocation().getCharOffset();
    int mark = at >= 0 && at < text.length ? text[at] : ' ';
    if (parser.isCurrentAlias() || mark == '&') {
      throw refused(key(parser), "an alias (expected: a value)");
    }
    if (mark == '!') {
      throw refused(key(parser), "a tag (expected: a value)");
    }
  }

  private String key(YAMLParser parser) {
    String name = parser.currentName();
    return (prefixes.isEmpty() ? "" : prefixes.element()) + (name == null ? "" : name);
  }

  private SettingsException refused(String key, String what) {
    return new SettingsException(
        key.isEmpty() ? "%s: %s".formatted(file, what) : "%s in %s: %s".formatted(key, file, what));
  }
}
