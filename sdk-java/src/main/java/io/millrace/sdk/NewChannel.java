package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

/**
 * What a channel is created with. Begin with {@link #named}.
 *
 * @param name 1 to 63 of a-z, 0-9 and -, the first a letter or digit; not of the form of an id
 * @param title what people read, at most 200 characters; empty: they read the name
 * @param settings the settings that are not to be the default
 */
public record NewChannel(String name, String title, SettingsChange settings) {
  /** Checks that nothing is missing. The API checks the rest. */
  public NewChannel {
    requireNonNull(name, "name");
    requireNonNull(title, "title");
    requireNonNull(settings, "settings");
  }

  /**
   * Names a channel with no title and the default settings.
   *
   * @param name 1 to 63 of a-z, 0-9 and -, the first a letter or digit; not of the form of an id
   * @return the channel to create
   */
  public static NewChannel named(String name) {
    return new NewChannel(name, "", SettingsChange.none());
  }

  /**
   * Sets the title.
   *
   * @param title what people read, at most 200 characters on one line
   * @return this channel with it
   */
  public NewChannel withTitle(String title) {
    return new NewChannel(name, title, settings);
  }

  /**
   * Sets the settings.
   *
   * @param settings those that are not to be the default
   * @return this channel with them
   */
  public NewChannel withSettings(SettingsChange settings) {
    return new NewChannel(name, title, settings);
  }
}
