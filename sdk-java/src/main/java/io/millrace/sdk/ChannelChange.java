package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What to change about a channel: what is null stays as it is. Begin with {@link #none}.
 *
 * @param name its new name; addresses by the earlier one stop working, those by id go on
 * @param title its new title, at most 200 characters; empty removes it
 * @param settings the settings to change; they take effect with the next broadcast
 */
public record ChannelChange(
    @Nullable String name, @Nullable String title, SettingsChange settings) {
  private static final ChannelChange NONE = new ChannelChange(null, null, SettingsChange.none());

  /** Checks that nothing is missing. The API checks the rest. */
  public ChannelChange {
    requireNonNull(settings, "settings");
  }

  /** {@return a change of nothing} */
  public static ChannelChange none() {
    return NONE;
  }

  /**
   * Changes the name.
   *
   * @param name 1 to 63 of a-z, 0-9 and -, the first a letter or digit; not of the form of an id
   * @return this change with it
   */
  public ChannelChange withName(String name) {
    return new ChannelChange(requireNonNull(name, "name"), title, settings);
  }

  /**
   * Changes the title.
   *
   * @param title what people read, at most 200 characters on one line; empty removes it
   * @return this change with it
   */
  public ChannelChange withTitle(String title) {
    return new ChannelChange(name, requireNonNull(title, "title"), settings);
  }

  /**
   * Changes settings.
   *
   * @param settings those to change
   * @return this change with them
   */
  public ChannelChange withSettings(SettingsChange settings) {
    return new ChannelChange(name, title, settings);
  }
}
