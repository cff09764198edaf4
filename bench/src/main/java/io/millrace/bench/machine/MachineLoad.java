package io.millrace.bench.machine;

import java.lang.management.ManagementFactory;

/** Tells how busy the machine is. */
public final class MachineLoad {
  private MachineLoad() {}

  /** Runnable threads on average over the last minute, of everything on the machine. */
  public static double oneMinute() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
