package io.millrace.server.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the stores may hold, against what the machine and the JVM have. */
class MemoryCheckTest {
  private static final long GIB = 1L << 30;

  private final MemoryCheck machine = new MemoryCheck(16 * GIB, 8 * GIB, 4 * GIB, 4 * GIB);

  @Test
  void storesThatFitAreRight() {
    assertThat(machine.look(2 * GIB, 2 * GIB, 0, GIB).result()).isEqualTo(Finding.Result.OK);
  }

  @Test
  void oneThatIsTooLargeIsNamed() {
    assertWarning(machine.look(5 * GIB, GIB, 0, GIB), "lower origin.memory, or give the JVM more");
    assertWarning(machine.look(GIB, 5 * GIB, 0, GIB), "lower edge.memory, or give the JVM more");
    assertWarning(
        machine.look(5 * GIB, 5 * GIB, 0, GIB), "lower origin.memory and edge.memory, or ");
  }

  @Test
  void bothTogetherAreTooLargeForOneProcess() {
    Finding both = machine.look(3 * GIB, 2 * GIB, 0, GIB);

    assertWarning(both, "lower origin.memory and edge.memory, or give the JVM more");
    assertThat(both.detail())
        .contains(
            "Streams may take 3.0 GiB at the origin and 2.0 GiB at the edge, viewers' connections"
                + " 0.0 GiB, of 4.0 GiB outside the heap;")
        .endsWith(" A process that is origin and edge may take 5.0 GiB, more than there is");
  }

  @Test
  void whatViewersConnectionsMayKeepIsBesideTheEdgesParts() {
    assertThat(machine.look(GIB, 2 * GIB, GIB, GIB).result()).isEqualTo(Finding.Result.OK);
    assertWarning(machine.look(GIB, 3 * GIB, 2 * GIB, GIB), "lower edge.memory, or ");
    assertWarning(machine.look(GIB, 2 * GIB, 2 * GIB, GIB), "lower origin.memory and edge.memory");
  }

  @Test
  void whatTheMachineHasCountsWhereTheJvmMayUseMore() {
    MemoryCheck generous = new MemoryCheck(2 * GIB, GIB, 8 * GIB, 8 * GIB);

    assertWarning(
        generous.look(3 * GIB, GIB, 0, GIB), "lower origin.memory, or use a machine with more");
  }

  @Test
  void unfinishedMessagesThatWouldFillTheHeapAreWarnedOf() {
    assertThat(machine.look(GIB, GIB, 0, 2 * GIB).result()).isEqualTo(Finding.Result.OK);

    Finding full = machine.look(GIB, GIB, 0, 2 * GIB + 1);

    assertWarning(full, "lower rtmp.max-all-partial-bytes");
    assertThat(full.detail())
        .contains("messages that encoders have begun to send 2.0 GiB, of 4.0 GiB of heap.");
  }

  @Test
  void aSmallMachineIsWarnedOf() {
    assertWarning(
        new MemoryCheck(GIB / 2, GIB / 4, GIB / 4, GIB / 4).look(1 << 20, 1 << 20, 0, 1 << 20),
        "use a machine");
  }

  private static void assertWarning(Finding finding, String mend) {
    assertThat(finding.result()).isEqualTo(Finding.Result.WARNING);
    assertThat(finding.mend()).startsWith(mend);
  }
}
