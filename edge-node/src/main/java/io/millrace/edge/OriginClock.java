package io.millrace.edge;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Tells the origin's time: this machine's, corrected by what the links know. Set on the agent
 * thread, read on any.
 */
final class OriginClock extends Clock {
  private final Clock machine;
  private volatile long offsetNs;

  OriginClock(Clock machine) {
    this.machine = machine;
  }

  /** What to add to this machine's time. */
  void offset(long newOffsetNs) {
    offsetNs = newOffsetNs;
  }

  /** Unix nanoseconds. */
  long nanos() {
    Instant now = machine.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano() + offsetNs;
  }

  @Override
  public Instant instant() {
    return machine.instant().plusNanos(offsetNs);
  }

  @Override
  public ZoneId getZone() {
    return machine.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    OriginClock other = new OriginClock(machine.withZone(zone));
    other.offset(offsetNs);
    return other;
  }
}
