package io.millrace.conformance;

import java.util.function.Consumer;

/**
 * A rule with a stream that keeps it and one that breaks it.
 *
 * @param twin that the rule is about, and that keeps it
 * @param fault plants what breaks it, into the twin
 */
record RuleCase(Rule rule, Twin twin, Consumer<FakeOrigin> fault) {
  /** Of HLS, on the stream as it is. */
  static RuleCase hls(Rule rule, Consumer<FakeOrigin> fault) {
    return hls(rule, Twin.AS_IT_IS, fault);
  }

  static RuleCase hls(Rule rule, Twin twin, Consumer<FakeOrigin> fault) {
    return new RuleCase(rule, twin, fault);
  }

  Report runTwin() throws InterruptedException {
    return run(twin.origin());
  }

  Report runFault() throws InterruptedException {
    FakeOrigin origin = twin.origin();
    fault.accept(origin);
    return run(origin);
  }

  Report run(FakeOrigin origin) throws InterruptedException {
    return new StreamCheck(
            origin, CheckOptions.lasting(twin.length()), StreamCheck.Turns.IN_ROTATION)
        .run(twin.addresses());
  }

  @Override
  public String toString() {
    return rule.id();
  }
}
