package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MultivariantPlaylist.Rendition;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Judges what EXT-X-MEDIA says, and the groups that it makes (RFC 8216bis 4.4.6.1). */
final class RenditionRules {
  private static final Set<String> TYPES = Set.of("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS");
  private static final List<String> OF_AUDIO = List.of("CHANNELS", "BIT-DEPTH", "SAMPLE-RATE");
  private static final Pattern CAPTIONS =
      Pattern.compile("CC[1-4]|SERVICE([1-9]|[1-5][0-9]|6[0-3])");
  private static final Pattern CHANNELS = Pattern.compile("[0-9]+(/[A-Z0-9,-]+){0,2}");
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*");

  /** What members of two groups that go together may differ in (4.4.6.1.1). */
  private static final Set<String> MAY_DIFFER =
      Set.of(
          "URI",
          "CHANNELS",
          "BIT-DEPTH",
          "STABLE-RENDITION-ID",
          "INSTREAM-ID",
          "SAMPLE-RATE",
          "GROUP-ID");

  private final String address;
  private final Findings findings;

  private RenditionRules(String address, Findings findings) {
    this.address = address;
    this.findings = findings;
  }

  static void check(MultivariantPlaylist playlist, String address, Findings findings) {
    RenditionRules rules = new RenditionRules(address, findings);
    Map<String, List<Rendition>> groups =
        playlist.media().stream()
            .collect(
                Collectors.groupingBy(
                    media ->
                        media.attributes().get("TYPE") + "/" + media.attributes().get("GROUP-ID"),
                    LinkedHashMap::new,
                    Collectors.toList()));
    playlist.media().forEach(rules::attributes);
    groups.values().forEach(rules::group);
    rules.alike(groups);
  }

  private String at(Rendition rendition) {
    return "%s line %d".formatted(address, rendition.line());
  }

  private void attributes(Rendition rendition) {
    Attributes media = rendition.attributes();
    findings.check(
        Rule.HLS_MEDIA_ATTRIBUTES,
        isWhole(media),
        at(rendition),
        media.values(),
        "TYPE, GROUP-ID and NAME; INSTREAM-ID and no URI with CLOSED-CAPTIONS; URI with SUBTITLES;"
            + " FORCED only there; CHANNELS, BIT-DEPTH and SAMPLE-RATE only with AUDIO");
    if (media.has("STABLE-RENDITION-ID")) {
      findings.check(
          Rule.HLS_STABLE_ID,
          VariantRules.isStable(media.get("STABLE-RENDITION-ID")),
          at(rendition),
          "STABLE-RENDITION-ID \"%s\"".formatted(media.get("STABLE-RENDITION-ID")),
          "characters of a-z, A-Z, 0-9, +, /, =, ., - and _");
    }
    if (media.get("TYPE").equals("AUDIO")) {
      findings.check(
          Rule.HLS_MEDIA_CHANNELS,
          CHANNELS.matcher(media.get("CHANNELS")).matches(),
          at(rendition),
          "CHANNELS \"%s\"".formatted(media.get("CHANNELS")),
          "how many channels an audio rendition has");
    }
  }

  private static boolean isWhole(Attributes media) {
    String type = media.get("TYPE");
    boolean captions = type.equals("CLOSED-CAPTIONS");
    boolean named =
        TYPES.contains(type) && !media.get("GROUP-ID").isEmpty() && !media.get("NAME").isEmpty();
    boolean inStream =
        captions
            ? CAPTIONS.matcher(media.get("INSTREAM-ID")).matches()
            : !media.has("INSTREAM-ID") || media.get("INSTREAM-ID").matches("[A-Za-z0-9.]+");
    boolean addressed =
        captions ? !media.has("URI") : !type.equals("SUBTITLES") || media.has("URI");
    return named
        && inStream
        && addressed
        && List.of("DEFAULT", "AUTOSELECT", "FORCED").stream()
            .allMatch(name -> !media.has(name) || media.get(name).matches("YES|NO"))
        && (type.equals("SUBTITLES") || !media.has("FORCED"))
        && (type.equals("AUDIO") || OF_AUDIO.stream().noneMatch(media::has));
  }

  private void group(List<Rendition> group) {
    Set<String> names = new HashSet<>();
    boolean defaulted = false;
    for (Rendition rendition : group) {
      Attributes media = rendition.attributes();
      findings.check(
          Rule.HLS_MEDIA_NAME,
          names.add(media.get("NAME")),
          at(rendition),
          "another NAME \"%s\"".formatted(media.get("NAME")),
          "one of it in a group");
      if (media.isYes("DEFAULT")) {
        findings.check(
            Rule.HLS_MEDIA_DEFAULT,
            !defaulted && (!media.has("AUTOSELECT") || media.isYes("AUTOSELECT")),
            at(rendition),
            media.values(),
            "one DEFAULT=YES in a group, and no AUTOSELECT=NO with it");
        defaulted = true;
      }
      if (media.has("LANGUAGE") || group.size() > 1) {
        findings.check(
            Rule.HLS_MEDIA_LANGUAGE,
            LANGUAGE.matcher(media.get("LANGUAGE")).matches(),
            at(rendition),
            "LANGUAGE \"%s\"".formatted(media.get("LANGUAGE")),
            "a language tag, for who chooses in the group");
      }
    }
  }

  /** Groups of a TYPE have the same members, alike in all but how they are encoded. */
  private void alike(Map<String, List<Rendition>> groups) {
    Map<String, Set<String>> first = new LinkedHashMap<>();
    for (List<Rendition> group : groups.values()) {
      Set<String> members = new TreeSet<>();
      for (Rendition rendition : group) {
        Map<String, String> same = new TreeMap<>(rendition.attributes().values());
        same.keySet().removeAll(MAY_DIFFER);
        members.add(same.toString());
      }
      Rendition one = group.getFirst();
      Set<String> expected = first.putIfAbsent(one.attributes().get("TYPE"), members);
      if (expected != null) {
        findings.check(
            Rule.HLS_MEDIA_GROUPS,
            members.equals(expected),
            at(one),
            "members " + members,
            "those of the TYPE's first group, " + expected);
      }
    }
  }
}
