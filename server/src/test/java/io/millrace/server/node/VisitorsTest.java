package io.millrace.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VisitorsTest {
  private final AtomicInteger publishers = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final Visitors visitors = new Visitors();

  private void addAll() {
    visitors.add(() -> {}, new Visitors.Present("publisher", "publishers", publishers::get));
    visitors.add(
        () -> connections.set(0),
        new Visitors.Present("viewer's connection", "viewers' connections", connections::get));
  }

  @Test
  void namesOnlyThoseWhoAreThere() {
    addAll();
    assertThat(visitors.present()).isEmpty();
    connections.set(5);
    assertThat(visitors.present()).isEqualTo("5 viewers' connections");
    publishers.set(1);
    assertThat(visitors.present()).isEqualTo("1 publisher and 5 viewers' connections");
    connections.set(0);
    assertThat(visitors.present()).isEqualTo("1 publisher");
  }

  @Test
  void waitsForNobodyWhereNobodyIs() throws Exception {
    addAll();
    connections.set(1);

    visitors.awaitLeaving(Duration.ofDays(1));

    assertThat(visitors.present()).isEmpty();
  }
}
