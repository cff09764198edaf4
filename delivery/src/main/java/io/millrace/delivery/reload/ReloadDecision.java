package io.millrace.delivery.reload;

/** Says what a playlist request gets now. */
public sealed interface ReloadDecision {
  /** The newest playlist. */
  record Answer() implements ReloadDecision {}

  /** Nothing yet: what it asks for is still to come. */
  record Wait() implements ReloadDecision {}

  /** 400, and why. */
  record Refuse(String reason) implements ReloadDecision {}
}
