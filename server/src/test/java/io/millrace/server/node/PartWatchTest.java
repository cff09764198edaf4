package io.millrace.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.health.Readiness;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class PartWatchTest {
  private final Readiness readiness = new Readiness();
  private final AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.empty());

  @Test
  void readinessTellsOfThePartForAsLongAsItIsAway() {
    try (PartWatch watch = new PartWatch("database", trouble::get, readiness)) {
      watch.look();
      assertThat(readiness.obstacle()).isEmpty();

      trouble.set(Optional.of("it is away"));
      watch.look();
      watch.look();
      assertThat(readiness.obstacle()).hasValue("database: it is away");

      trouble.set(Optional.empty());
      watch.look();
      assertThat(readiness.obstacle()).isEmpty();
    }
  }

  @Test
  void whatThePartIsAsItIsStoppedIsNotTold() {
    PartWatch watch = new PartWatch("database", trouble::get, readiness);
    watch.close();

    trouble.set(Optional.of("it is being stopped"));
    watch.look();

    assertThat(readiness.obstacle()).isEmpty();
  }
}
