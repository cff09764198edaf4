package io.millrace.conformance;

import java.util.List;
import java.util.stream.Stream;

/** Writes the reference of all rules from what the code knows of them. */
public final class RulesReference {
  private RulesReference() {}

  /** A page in Markdown: a table for each standard, in order of definition. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Conformance

            Made from the code (`io.millrace.conformance.Rule`); a test holds it to that.

            `./millrace check stream URL` follows a live address, HLS or DASH, and says which of these
            rules it breaks. RFC 8216bis is draft-pantos-hls-rfc8216bis-22. A MUST is also what an ISO
            standard says with "shall", and what the low-latency server configuration profile
            (RFC 8216bis B.1) requires. What players or machines show that are not here is at the end.
            """);
    section(page, "HTTP", "HTTP-");
    section(page, "HLS", "HLS-");
    section(page, "CMAF", "CMAF-");
    section(page, "DASH", "DASH-");
    page.append("\n## Not checked\n\n| what | why |\n|---|---|\n");
    for (String[] each : NOT_CHECKED) {
      page.append("| ").append(each[0]).append(" | ").append(each[1]).append(" |\n");
    }
    return page.toString();
  }

  private static final List<String[]> NOT_CHECKED =
      List.of(
          new String[] {
            "Playback by AVPlayer, and Apple's mediastreamvalidator", "they run on Apple's systems"
          },
          new String[] {
            "Appending to Media Source Extensions in Chrome, Firefox and Safari",
            "needs the browsers; `web/live/watch.mjs` plays in Chromium"
          },
          new String[] {
            "dash.js reaching its target latency, and honouring the TTL of content steering",
            "a player's doing, not the stream's"
          },
          new String[] {"The MPD against the XML schema", "the schema is not part of this"},
          new String[] {
            "HTTP/3, and RFC 9218 priorities", "the JDK 25 client has neither; HTTP/2 is checked"
          },
          new String[] {
            "503 after three target durations without media, playlists that end while someone"
                + " waits",
            "the encoder would have to stop; seen only where it happens"
          },
          new String[] {
            "Many identical requests that are one upstream, the Age header of caches",
            "cannot be seen from outside, or needs the cache"
          },
          new String[] {
            "Numbers across a restart or failover",
            "the machine would have to be stopped; seen only where it happens"
          },
          new String[] {"Encrypted media", "its samples cannot be looked into; boxes are"});

  private static void section(StringBuilder page, String title, String prefix) {
    page.append("\n## ").append(title).append("\n\n");
    page.append("| rule | | clause | says |\n|---|---|---|---|\n");
    Stream.of(Rule.values())
        .filter(rule -> rule.id().startsWith(prefix))
        .forEach(
            rule ->
                page.append(
                    "| `%s` | %s | %s | %s |\n"
                        .formatted(
                            rule.id(),
                            rule.severity(),
                            rule.clause(),
                            rule.says().replace("|", "\\|"))));
  }
}
