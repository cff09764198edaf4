package io.millrace.server.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The settings of a process, read and checked. Immutable. */
public final class Settings {
  private final Map<Setting<?>, Object> values;
  private final Map<Setting<?>, String> sources;

  Settings(Map<Setting<?>, Object> values, Map<Setting<?>, String> sources) {
    this.values = Map.copyOf(values);
    this.sources = Map.copyOf(sources);
  }

  /** What stands where nothing is set. */
  public static Settings defaults() {
    return new SettingsSources().read();
  }

  @SuppressWarnings("unchecked") // The map holds for each setting what its own type read.
  public <T> T get(Setting<T> setting) {
    return (T)
        Objects.requireNonNull(
            values.get(setting), () -> setting.key() + " is not in the catalogue");
  }

  /** Where the value came from: a file's name, an environment variable, --set, or default. */
  public String source(Setting<?> setting) {
    return sources.getOrDefault(setting, "default");
  }

  public boolean isSet(Setting<?> setting) {
    return sources.containsKey(setting);
  }

  /** The settings whose values differ. */
  public List<Setting<?>> changedFrom(Settings before) {
    return Catalog.ALL.stream()
        .filter(setting -> !get(setting).equals(before.get(setting)))
        .toList();
  }

  /** These settings with the live ones of {@code other}. */
  public Settings withLiveOf(Settings other) {
    Map<Setting<?>, Object> merged = new LinkedHashMap<>(values);
    for (Setting<?> setting : Catalog.ALL) {
      if (setting.change() == Setting.Change.LIVE) {
        merged.put(setting, other.get(setting));
      }
    }
    return new Settings(merged, sources);
  }
}
