package io.millrace.conformance;

import java.io.PrintWriter;
import java.util.List;

/** Writes what a report found for a person to read. */
public final class ReportText {
  private ReportText() {}

  /** The broken rules, those that must hold first, each with its findings. */
  public static void writeBroken(Report report, PrintWriter out) {
    for (Severity severity : Severity.values()) {
      List<Report.Result> broken = report.broken(severity);
      out.printf("%s broken: %s%n", severity, broken.isEmpty() ? "none" : broken.size());
      broken.forEach(result -> write(result, out));
    }
  }

  private static void write(Report.Result result, PrintWriter out) {
    Rule rule = result.rule();
    out.printf("  %s  %s  %s%n", rule.id(), rule.clause(), rule.says());
    for (Finding finding : result.findings()) {
      out.printf(
          "    %s: %s (expected: %s)%n", finding.where(), finding.seen(), finding.expected());
    }
    long more = result.broken() - result.findings().size();
    if (more > 0) {
      out.printf("    and %d more%n", more);
    }
  }
}
