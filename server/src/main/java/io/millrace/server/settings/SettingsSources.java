package io.millrace.server.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Reads settings from their sources: a command's own defaults, a YAML file, the environment, {@code
 * --set}; the later wins. Reading again takes the file as it is then.
 */
public final class SettingsSources {
  /** Variables that are the launcher's, not settings. */
  private static final Set<String> LAUNCHER =
      Set.of("MILLRACE_JAVA_OPTIONS", "MILLRACE_BUILD", "MILLRACE_REHEARSE");

  private final Map<Setting<?>, String> commandDefaults = new LinkedHashMap<>();
  private List<Path> files = List.of();
  private Map<String, String> environment = Map.of();
  private List<String> assignments = List.of();

  /** A default that one command has of its own. */
  public SettingsSources commandDefault(Setting<?> setting, String text) {
    commandDefaults.put(setting, text);
    return this;
  }

  /** The file must exist. */
  public SettingsSources file(Path path) {
    files = List.of(path);
    return this;
  }

  public SettingsSources fileIfPresent(Path path) {
    files = Files.exists(path) ? List.of(path) : List.of();
    return this;
  }

  public SettingsSources environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /** Each {@code key=value}. */
  public SettingsSources assignments(List<String> keyValues) {
    assignments = List.copyOf(keyValues);
    return this;
  }

  /**
   * Reads all of them.
   *
   * @throws SettingsException with every setting that is wrong, not only the first
   */
  public Settings read() {
    Map<Setting<?>, Object> values = new LinkedHashMap<>();
    Map<Setting<?>, String> sources = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Setting<?> setting : Catalog.ALL) {
      String text = commandDefaults.getOrDefault(setting, setting.defaultText());
      values.put(setting, setting.read(text, "default"));
    }
    for (Given given : given(problems)) {
      try {
        Setting<?> setting = given.setting().get();
        values.put(setting, setting.read(given.text(), given.source()));
        sources.put(setting, given.source());
      } catch (SettingsException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return new Settings(values, sources);
  }

  /**
   * What a source says of one setting.
   *
   * @param setting finds it by the name that the source has for it, or refuses
   */
  private record Given(Supplier<Setting<?>> setting, String text, String source) {}

  private List<Given> given(List<String> problems) {
    List<Given> all = new ArrayList<>();
    for (Path file : files) {
      try {
        SettingsFile.read(file)
            .forEach(
                (key, text) -> all.add(new Given(() -> Catalog.named(key, file), text, "" + file)));
      } catch (SettingsException e) {
        problems.addAll(e.problems());
      }
    }
    new TreeMap<>(environment)
        .forEach(
            (name, text) -> {
              if (name.startsWith("MILLRACE_") && !LAUNCHER.contains(name)) {
                all.add(new Given(() -> Catalog.ofEnvironment(name), text, name));
              }
            });
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        problems.add("--set: \"%s\" (expected: key=value)".formatted(assignment));
        continue;
      }
      String key = assignment.substring(0, equals).strip();
      all.add(
          new Given(() -> Catalog.named(key, "--set"), assignment.substring(equals + 1), "--set"));
    }
    return all;
  }
}
