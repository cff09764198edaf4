package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start removes what the dead have left in shared memory, and nothing else. */
class LeftDirectoriesTest {
  @TempDir private Path sharedMemory;

  private Path named(int number) {
    return sharedMemory.resolve("millrace-" + new UUID(7, number));
  }

  private static Path lockOf(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".lock");
  }

  private static Path withFiles(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("images"));
    Files.writeString(directory.resolve("cnc.dat"), "counters");
    Files.writeString(directory.resolve("images/1.logbuffer"), "fragments");
    return directory;
  }

  private FabricConfig config(Path directory) {
    return FabricConfig.defaults(directory).withDirectory(directory);
  }

  @Test
  void removesDirectoriesAndLocksOfTheDead() throws Exception {
    Path whole = withFiles(named(1));
    Files.createFile(lockOf(whole));
    Path withoutLock = withFiles(named(2));
    Path lockOnly = lockOf(named(3));
    Files.createFile(lockOnly);

    try (AeronFabric fabric = AeronFabric.open(config(named(9)), new PrometheusRegistry())) {
      assertThat(fabric.port()).isPositive();
      assertThat(whole).doesNotExist();
      assertThat(lockOf(whole)).doesNotExist();
      assertThat(withoutLock).doesNotExist();
      assertThat(lockOnly).doesNotExist();
      assertThat(named(9)).isDirectory();
    }
    assertThat(sharedMemory).isEmptyDirectory();
  }

  @Test
  void leavesWhatHasAnotherNameOrALiveOwner() throws Exception {
    Path anothers = withFiles(sharedMemory.resolve("millrace-studio"));
    Path longer = withFiles(named(1).resolveSibling(named(1).getFileName() + "-kept"));
    Path link = Files.createSymbolicLink(named(2), anothers);
    Process living = KilledPeerTest.start(named(3), 0, 1);
    try (AeronFabric inThisProcess = AeronFabric.open(config(named(4)), new PrometheusRegistry())) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.exists(named(3).resolve("cnc.dat")) || !living.isAlive());

      AeronFabric.open(config(named(9)), new PrometheusRegistry()).close();

      assertThat(inThisProcess.port()).isPositive();
      assertThat(named(4).resolve("cnc.dat")).exists();
      assertThat(named(3).resolve("cnc.dat")).exists();
      assertThat(anothers.resolve("images/1.logbuffer")).exists();
      assertThat(longer.resolve("images/1.logbuffer")).exists();
      assertThat(Files.isSymbolicLink(link)).isTrue();

      living.destroyForcibly().waitFor();
      AeronFabric.open(config(named(9)), new PrometheusRegistry()).close();

      assertThat(named(3)).doesNotExist();
      assertThat(lockOf(named(3))).doesNotExist();
    } finally {
      living.destroyForcibly();
    }
  }
}
