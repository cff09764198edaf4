package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fabric.FabricException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  private static final int THREADS = 4;
  private static final int TURNS = 2_000;

  @TempDir private Path parent;

  @Test
  void isHeldByOneAndLeavesNoFile() throws Exception {
    Path directory = parent.resolve("aeron");
    try (DirectoryLock lock = DirectoryLock.take(directory)) {
      assertThat(lock).isNotNull();
      assertThat(parent.resolve("aeron.lock")).exists();
      assertThat(DirectoryLock.tryTake(directory)).isEmpty();
      assertThatThrownBy(() -> DirectoryLock.take(directory))
          .isInstanceOf(FabricException.class)
          .hasMessageContaining("in use");
    }
    assertThat(parent).isEmptyDirectory();
    try (DirectoryLock again = DirectoryLock.take(directory)) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void fileThatADeadOwnerLeftIsTaken() throws Exception {
    Files.createFile(parent.resolve("aeron.lock"));

    DirectoryLock.take(parent.resolve("aeron")).close();

    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void linkInThePlaceOfTheFileIsNotFollowed() throws Exception {
    Path another = Files.writeString(parent.resolve("another"), "precious");
    Files.createSymbolicLink(parent.resolve("aeron.lock"), another);

    assertThatThrownBy(() -> DirectoryLock.take(parent.resolve("aeron")))
        .isInstanceOf(FabricException.class)
        .hasMessageContaining("aeron.lock");
    assertThat(another).hasContent("precious");
  }

  @Test
  void whoIsInterruptedHoldsNothing() throws Exception {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> DirectoryLock.take(parent.resolve("aeron")))
        .isInstanceOf(FabricException.class);

    assertThat(Thread.interrupted()).isTrue();
    DirectoryLock.take(parent.resolve("aeron")).close();
  }

  /**
   * Whoever waits at a file that its owner removes must not hold the lock of a file without a name.
   */
  @Test
  void isHeldByOneAtATimeWhileOwnersComeAndGo() throws Exception {
    Path directory = parent.resolve("aeron");
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Callable<Void> turns =
        () -> {
          for (int turn = 0; turn < TURNS; turn++) {
            Optional<DirectoryLock> lock = DirectoryLock.tryTake(directory);
            if (lock.isPresent()) {
              try (DirectoryLock _ = lock.get()) {
                most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                taken.incrementAndGet();
                LockSupport.parkNanos(1_000);
                holders.decrementAndGet();
              }
            }
          }
          return null;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(turns));
      }
      for (Future<Void> each : all) {
        each.get();
      }
    }

    assertThat(most).hasValue(1);
    assertThat(taken).hasPositiveValue();
    assertThat(parent).isEmptyDirectory();
  }
}
