package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FairBudgetTest {
  private final AtomicInteger connections = new AtomicInteger(4);
  private final FairBudget budget = new FairBudget(1_000, connections::get);

  @Test
  void leavesEverybodyAloneUpToTheLimit() {
    budget.add(1_000);

    assertThat(budget.shareBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(budget.usedBytes()).isEqualTo(1_000);
  }

  @Test
  void givesEachAnEqualShareBeyondIt() {
    budget.add(1_001);
    assertThat(budget.shareBytes()).isEqualTo(250);

    connections.set(0);
    assertThat(budget.shareBytes()).isEqualTo(1_000);
  }

  @Test
  void givesBackWhatIsNotKeptAnyLonger() {
    budget.add(1_001);
    budget.add(-1);

    assertThat(budget.shareBytes()).isEqualTo(Long.MAX_VALUE);
  }
}
