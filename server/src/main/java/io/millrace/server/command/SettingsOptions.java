package io.millrace.server.command;

import io.millrace.server.settings.SettingsSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where settings and state are. */
public final class SettingsOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory that holds all state (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("millrace-data");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML (default: millrace.yaml where there is one).")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting; wins over environment (MILLRACE_KEY) and file. Repeatable.")
  private List<String> assignments = new ArrayList<>();

  public Path data() {
    return data;
  }

  /** All sources, to be read now and again when told so. */
  public SettingsSources sources() {
    SettingsSources sources = new SettingsSources();
    if (config != null) {
      sources.file(config);
    } else {
      sources.fileIfPresent(Path.of("millrace.yaml"));
    }
    return sources.environment(System.getenv()).assignments(assignments);
  }
}
