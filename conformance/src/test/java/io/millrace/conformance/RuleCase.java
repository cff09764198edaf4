package io.millrace.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A rule with a stream that keeps it and one that breaks it.
 *
 * @param twin makes the stream one that the rule is about, and that keeps it
 * @param fault plants what breaks it, into the twin
 */
record RuleCase(
    Rule rule, List<URI> addresses, Consumer<FakeOrigin> twin, Consumer<FakeOrigin> fault) {
  private static final Duration LENGTH = Duration.ofSeconds(10);

  static final Consumer<FakeOrigin> AS_IT_IS = _ -> {};

  /** Of HLS, on the stream as it is. */
  static RuleCase hls(Rule rule, Consumer<FakeOrigin> fault) {
    return hls(rule, AS_IT_IS, fault);
  }

  static RuleCase hls(Rule rule, Consumer<FakeOrigin> twin, Consumer<FakeOrigin> fault) {
    return new RuleCase(rule, List.of(FakeOrigin.HLS), twin, fault);
  }

  Report runTwin() throws InterruptedException {
    FakeOrigin origin = new FakeOrigin();
    twin.accept(origin);
    return run(origin);
  }

  Report runFault() throws InterruptedException {
    FakeOrigin origin = new FakeOrigin();
    twin.accept(origin);
    fault.accept(origin);
    return run(origin);
  }

  private Report run(FakeOrigin origin) throws InterruptedException {
    return new StreamCheck(origin, CheckOptions.lasting(LENGTH), StreamCheck.Turns.IN_ROTATION)
        .run(addresses);
  }

  @Override
  public String toString() {
    return rule.id();
  }
}
