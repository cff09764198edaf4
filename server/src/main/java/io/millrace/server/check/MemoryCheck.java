package io.millrace.server.check;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Says whether the memory is enough.
 *
 * @param machineBytes of the machine, or of its container
 * @param freeBytes of those
 * @param heapBytes that the JVM may use, where unfinished messages of encoders are held
 * @param directBytes that the JVM may use outside its heap, where parts are held
 */
record MemoryCheck(long machineBytes, long freeBytes, long heapBytes, long directBytes) {
  private static final String NAME = "memory";
  private static final long GIB = 1L << 30;

  /** Of this machine, and of a JVM that is started as this one was. */
  static MemoryCheck here() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long heap = option(jvm, "MaxHeapSize");
    long direct = option(jvm, "MaxDirectMemorySize");
    return new MemoryCheck(
        system.getTotalMemorySize(), system.getFreeMemorySize(), heap, direct == 0 ? heap : direct);
  }

  private static long option(HotSpotDiagnosticMXBean jvm, String name) {
    return Long.parseLong(jvm.getVMOption(name).getValue());
  }

  /**
   * Looks at it with what the parts' stores of the origin and of the edge may hold, what viewers'
   * connections may for themselves, and what unfinished messages of encoders may.
   */
  Finding look(long originBytes, long edgeBytes, long viewersBytes, long partialBytes) {
    long most = Math.min(machineBytes, directBytes);
    String detail =
        ("%s, %s of it free; %d processors. Streams may take %s at the origin and %s at the edge,"
                + " viewers' connections %s, of %s outside the heap; messages that encoders have"
                + " begun to send %s, of %s of heap")
            .formatted(
                gib(machineBytes),
                gib(freeBytes),
                Runtime.getRuntime().availableProcessors(),
                gib(originBytes),
                gib(edgeBytes),
                gib(viewersBytes),
                gib(most),
                gib(partialBytes),
                gib(heapBytes));
    if (Math.max(originBytes, edgeBytes + viewersBytes) > most) {
      return Finding.warning(
          NAME,
          detail + ". One of them may take more than there is",
          "lower %s, or %s"
              .formatted(
                  originBytes <= most
                      ? "edge.memory"
                      : edgeBytes + viewersBytes <= most
                          ? "origin.memory"
                          : "origin.memory and edge.memory",
                  more()));
    }
    if (originBytes + edgeBytes + viewersBytes > most) {
      return Finding.warning(
          NAME,
          detail
              + ". A process that is origin and edge may take %s, more than there is"
                  .formatted(gib(originBytes + edgeBytes + viewersBytes)),
          "lower origin.memory and edge.memory, or " + more());
    }
    if (partialBytes > heapBytes / 2) {
      return Finding.warning(
          NAME,
          detail + ". Encoders may take more than half of the heap",
          "lower rtmp.max-all-partial-bytes to half of the heap or less, or give the JVM more:"
              + " MILLRACE_JAVA_OPTIONS=-Xmx…");
    }
    return machineBytes < GIB
        ? Finding.warning(NAME, detail, "use a machine with 1 GiB or more")
        : Finding.ok(NAME, detail);
  }

  private String more() {
    return directBytes < machineBytes
        ? "give the JVM more: MILLRACE_JAVA_OPTIONS=-XX:MaxDirectMemorySize=…"
        : "use a machine with more memory";
  }

  private static String gib(long bytes) {
    return "%.1f GiB".formatted((double) bytes / GIB);
  }
}
