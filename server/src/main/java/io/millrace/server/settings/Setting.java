package io.millrace.server.settings;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * One setting.
 *
 * @param key what configuration files, {@code --set} and messages call it
 * @param type how its text is read
 * @param defaultText the text that stands where nothing is set
 * @param change whether a running process takes a new value
 * @param doc one sentence
 */
public record Setting<T>(
    String key, SettingType<T> type, String defaultText, Change change, String doc) {
  /** Says when a changed value takes effect. */
  public enum Change {
    LIVE,
    RESTART
  }

  public Setting {
    requireNonNull(key, "key");
    requireNonNull(type.reader().apply(defaultText), "default of " + key);
  }

  /** The name of the environment variable: MILLRACE_EDGE_HTTP_PORT for edge.http.port. */
  public String environmentName() {
    return "MILLRACE_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  T read(String text, String source) {
    try {
      return type.reader().apply(text.strip());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new SettingsException(
          "%s: \"%s\" in %s (expected: %s)".formatted(key, text, source, type.expected()));
    }
  }
}
