package io.millrace.server.settings;

/** Says in one line which setting is wrong and what was expected. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }
}
