package io.millrace.server.settings;

import java.util.Locale;

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
            with SIGHUP, all or none; the others with a restart.
            """);
    String group = "";
    for (Setting<?> setting : Catalog.ALL) {
      String first = setting.key().substring(0, setting.key().indexOf('.'));
      if (!first.equals(group)) {
        group = first;
        page.append("\n## ").append(group).append("\n\n");
        page.append("| setting | default | what | takes | change |\n|---|---|---|---|---|\n");
      }
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  setting.key(),
                  setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`",
                  setting.doc().replace("|", "\\|"),
                  setting.type().expected().replace("|", "\\|"),
                  setting.change().name().toLowerCase(Locale.ROOT)));
    }
    return page.toString();
  }
}
