package io.millrace.server.settings;

import java.util.List;

/** Says which settings are wrong and what was expected, a line for each. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String problem) {
    super(problem);
  }

  SettingsException(List<String> problems) {
    this(String.join("\n", problems));
  }

  /** One line for each setting that is wrong. */
  public List<String> problems() {
    return String.valueOf(getMessage()).lines().toList();
  }
}
