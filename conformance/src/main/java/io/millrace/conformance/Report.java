package io.millrace.conformance;

import java.util.List;

/**
 * What a check found.
 *
 * @param results one for each rule that was looked at, in the rules' order
 */
public record Report(List<Result> results) {
  /**
   * What became of one rule.
   *
   * @param looks how often it was looked at
   * @param broken how often it did not hold
   * @param findings the first of those
   */
  public record Result(Rule rule, long looks, long broken, List<Finding> findings) {
    public Result {
      findings = List.copyOf(findings);
    }
  }

  public Report {
    results = List.copyOf(results);
  }

  /** Whether something was looked at, and no MUST is broken. */
  public boolean ok() {
    return !results.isEmpty() && broken(Severity.MUST).isEmpty();
  }

  /** The broken rules of a severity. */
  public List<Result> broken(Severity severity) {
    return results.stream()
        .filter(result -> result.broken() > 0 && result.rule().severity() == severity)
        .toList();
  }

  public long looks(Rule rule) {
    return of(rule).looks();
  }

  public long broken(Rule rule) {
    return of(rule).broken();
  }

  private Result of(Rule rule) {
    return results.stream()
        .filter(result -> result.rule() == rule)
        .findFirst()
        .orElse(new Result(rule, 0, 0, List.of()));
  }
}
