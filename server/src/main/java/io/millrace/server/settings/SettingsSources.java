package io.millrace.server.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads settings from their sources: a command's own defaults, a YAML file, the environment, {@code
 * --set}; the later wins. Reading again takes the file as it is then.
 */
public final class SettingsSources {
  /** What stands twice would count once, and which of both is hard to see in a long file. */
  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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
        yaml(file)
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

  private static Map<String, String> yaml(Path file) {
    Map<String, String> flat = new LinkedHashMap<>();
    try {
      Object tree = YAML.readValue(Files.readString(file), Object.class);
      if (tree instanceof Map<?, ?> map) {
        flatten("", map, flat, file);
      } else if (tree != null) {
        throw new SettingsException("%s holds no settings (expected: key: value)".formatted(file));
      }
    } catch (IOException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(file, reason(e)));
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null ? "" : " in line %d".formatted(e.getLocation().getLineNr());
      throw new SettingsException(
          "%s is not YAML%s: %s"
              .formatted(file, where, e.getOriginalMessage().lines().findFirst().orElse("")));
    }
    return flat;
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "there is no such file"
        : e.getClass().getSimpleName();
  }

  private static void flatten(
      String prefix, Map<?, ?> tree, Map<String, String> flat, Object file) {
    tree.forEach(
        (name, value) -> {
          String key = prefix + name;
          if (value instanceof Map<?, ?> below) {
            flatten(key + ".", below, flat, file);
          } else if (value instanceof List<?>) {
            throw new SettingsException(
                "%s in %s: a list (expected: one value)".formatted(key, file));
          } else if (flat.put(key, value == null ? "" : value.toString()) != null) {
            throw new SettingsException("%s stands twice in %s".formatted(key, file));
          }
        });
  }
}
