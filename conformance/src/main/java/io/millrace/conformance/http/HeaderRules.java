package io.millrace.conformance.http;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.List;
import java.util.Locale;

/** Judges headers that players of both formats need. */
public final class HeaderRules {
  private HeaderRules() {}

  /** Whether scripts can read how old a playlist or MPD is. */
  public static void exposed(Answer answer, Findings findings) {
    exposed(Rule.HTTP_CORS_EXPOSE, answer, List.of("Age", "Date"), findings);
  }

  /** Whether scripts can read how much media comes, and of how much. */
  public static void exposedMedia(Answer answer, Findings findings) {
    exposed(
        Rule.HTTP_CORS_EXPOSE_MEDIA, answer, List.of("Content-Length", "Content-Range"), findings);
  }

  private static void exposed(Rule rule, Answer answer, List<String> needed, Findings findings) {
    if (answer.header("access-control-allow-origin").isEmpty()) {
      return;
    }
    String exposed = answer.header("access-control-expose-headers");
    List<String> names = List.of(exposed.toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
    findings.check(
        rule,
        names.contains("*")
            || needed.stream().allMatch(name -> names.contains(name.toLowerCase(Locale.ROOT))),
        answer.uri().toString(),
        "Access-Control-Expose-Headers \"%s\"".formatted(exposed),
        String.join(" and ", needed) + ", which players reckon with");
  }
}
