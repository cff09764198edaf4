package io.millrace.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Collects what the rules say. May be used by many threads.
 *
 * <p>Every look is counted, also where the rule holds: a rule that was never looked at has not been
 * kept, it has not been met.
 */
public final class Findings {
  private static final int MAX_KEPT_OF_A_RULE = 10;

  private static final class Tally {
    private long looks;
    private long broken;
    private final List<Finding> kept = new ArrayList<>();
  }

  private final Map<Rule, Tally> tallies = new EnumMap<>(Rule.class);

  /**
   * Counts a look at a rule, and keeps a finding where it does not hold.
   *
   * @param holds whether it does
   * @param where address, with the line or the box
   * @param seen the value; asked for its text only where the rule is broken
   * @param expected what the rule wants there
   * @return {@code holds}
   */
  public synchronized boolean check(
      Rule rule, boolean holds, String where, Object seen, String expected) {
    Tally tally = tallies.computeIfAbsent(rule, _ -> new Tally());
    tally.looks++;
    if (!holds) {
      tally.broken++;
      if (tally.kept.size() < MAX_KEPT_OF_A_RULE) {
        tally.kept.add(new Finding(rule, where, String.valueOf(seen), expected));
      }
    }
    return holds;
  }

  /** As the other; for what there is much of: texts are made where the rule is broken. */
  public boolean check(
      Rule rule,
      boolean holds,
      Supplier<String> where,
      Supplier<?> seen,
      Supplier<String> expected) {
    return holds
        ? check(rule, true, "", "", "")
        : check(rule, false, where.get(), seen.get(), expected.get());
  }

  /** Keeps a finding: the rule is broken. */
  public void broken(Rule rule, String where, Object seen, String expected) {
    check(rule, /* holds= */ false, where, seen, expected);
  }

  /** What was found so far; goes on collecting. */
  public synchronized Report report() {
    List<Report.Result> results = new ArrayList<>();
    tallies.forEach(
        (rule, tally) ->
            results.add(
                new Report.Result(rule, tally.looks, tally.broken, List.copyOf(tally.kept))));
    return new Report(results);
  }
}
