package io.millrace.conformance.http;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Judges headers that players of both formats need. */
public final class HeaderRules {
  private static final Set<String> NEEDED = Set.of("age", "date");

  private HeaderRules() {}

  /** Whether scripts can read how old a playlist or MPD is. */
  public static void exposed(Answer answer, Findings findings) {
    if (answer.header("access-control-allow-origin").isEmpty()) {
      return;
    }
    String exposed = answer.header("access-control-expose-headers");
    List<String> names = List.of(exposed.toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
    findings.check(
        Rule.HTTP_CORS_EXPOSE,
        names.contains("*") || names.containsAll(NEEDED),
        answer.uri().toString(),
        "Access-Control-Expose-Headers \"%s\"".formatted(exposed),
        "Age and Date, which players reckon with");
  }
}
