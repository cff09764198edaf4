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
            (RFC 8216bis B.1) requires. What is not looked at, and where it is shown instead, is at the end.
            """);
    section(page, "HTTP", "HTTP-");
    section(page, "HLS", "HLS-");
    section(page, "CMAF", "CMAF-");
    section(page, "DASH", "DASH-");
    section(page, "Content steering", "STEERING-");
    page.append("\n## Not checked\n\n| what | why |\n|---|---|\n");
    for (String[] each : NOT_CHECKED) {
      page.append("| ").append(each[0]).append(" | ").append(each[1]).append(" |\n");
    }
    return page.toString();
  }

  private static final List<String[]> NOT_CHECKED =
      List.of(
          new String[] {
            "Playback by AVPlayer in Safari, and Apple's mediastreamvalidator",
            "they run on Apple's systems; nowhere here"
          },
          new String[] {
            "Appending to Media Source Extensions in Chrome, Firefox and Safari",
            "needs the browsers; `web/live/watch.mjs` plays in Chromium, as `BrowserTest` in"
                + " `bench` does"
          },
          new String[] {
            "dash.js within 10 % of its target latency for ten minutes, and waiting for the TTL of"
                + " content steering",
            "a player's doing, not the stream's; `web/live/play.mjs` plays in dash.js, and"
                + " [what players measured](measuring.md) is told"
          },
          new String[] {
            "The DASH-IF conformance tool, and parsing by ffprobe, mp4dump and others",
            "programs of their own; `BitExactTest` in `bench` reads what is served with FFmpeg"
          },
          new String[] {
            "The MPD against the XML schema itself",
            "it is not part of this; `DASH-SCHEMA-ELEMENTS` and `DASH-SCHEMA-ATTRIBUTES` hold"
                + " order, number, names and forms of the elements that live MPDs use, not those"
                + " within `SegmentList`, `SegmentBase`, `Preselection`, `Subset`, `Metrics` and"
                + " `ProgramInformation`"
          },
          new String[] {
            "HTTP/3, and priorities that a client asks for",
            "the JDK 25 client has neither; HTTP/2 is checked, and the Priority of answers"
          },
          new String[] {
            "All renditions on one host and one connection",
            "the JDK's client does not tell its connections, and pathways of content steering have"
                + " hosts of their own; HTTP/2 is checked, which needs no more than one to a host"
          },
          new String[] {
            "What sample flags say of AV1, VP9 and sound, against what the samples are",
            "samples of H.264 and HEVC are looked into (`CMAF-SYNC-SAMPLE`), of others only their"
                + " flags; `CodecGoldenTest` in `packager` holds what is made of each codec"
          },
          new String[] {
            "SACK, ECN, RACK and TLS 1.3 on the way",
            "they are the machine's; a client in Java does not see them"
          },
          new String[] {
            "503 after three target durations without media, playlists that end while someone"
                + " waits, numbers across a restart or failover",
            "the encoder or a machine would have to stop; looked at where it happens during a check"
                + " (`HLS-BLOCK-STALL`, `HLS-ENDED-WAKES`, `HLS-MEDIA-SEQUENCE-JUMP`), and shown by"
                + " `BlockingReloadTest` in `delivery`, `ReconnectTest` and `StandbyTest` in"
                + " `bench`"
          },
          new String[] {
            "10,000 identical reloads that wait being one request upstream",
            "cannot be seen from outside, and nobody is asked as often; `BlockingReloadTest` in"
                + " `delivery` shows that all who wait have one playlist rendered, and an edge"
                + " answers them itself from the records that come to it"
          },
          new String[] {
            "tfdt over an hour and more",
            "looked at for as long as a check runs; `--seconds` has room for a day"
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
