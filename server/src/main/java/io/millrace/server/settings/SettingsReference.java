package io.millrace.server.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the reference of all settings from what the code knows of them. */
public final class SettingsReference {
  private SettingsReference() {}

  /** A page in Markdown: a table for each first word of the keys, in order of definition. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Settings

            Made from the code (`io.millrace.server.settings.Catalog`); a test holds it to that.

            A setting comes from `millrace.yaml` (or `--config FILE`), from the environment, or from
            `--set KEY=VALUE`, the later winning. In the environment `edge.http.port` is
            `MILLRACE_EDGE_HTTP_PORT`. A key that is not here is an error. *Live* settings take effect
            with SIGHUP, all or none; the others with a restart. Durations are written with ms, s, m
            or h (`500ms`, `30s`), sizes with B, KiB, MiB or GiB (`64MiB`).
            """);
    Map<String, List<Setting<?>>> groups =
        Catalog.ALL.stream()
            .collect(
                Collectors.groupingBy(
                    SettingsReference::group, LinkedHashMap::new, Collectors.toList()));
    groups.forEach(
        (group, settings) -> {
          page.append("\n## ").append(group).append("\n\n");
          page.append("| setting | default | what | takes | change |\n|---|---|---|---|---|\n");
          settings.forEach(setting -> page.append(row(setting)));
        });
    return page.toString();
  }

  private static String group(Setting<?> setting) {
    return setting.key().substring(0, setting.key().indexOf('.'));
  }

  private static String row(Setting<?> setting) {
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            setting.key(),
            setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`",
            setting.doc().replace("|", "\\|"),
            setting.type().expected().replace("|", "\\|"),
            setting.change().name().toLowerCase(Locale.ROOT));
  }
}
