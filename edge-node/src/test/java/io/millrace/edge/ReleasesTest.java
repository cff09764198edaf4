package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTest {
  @Test
  void oneThatFailsKeepsNoneOfTheOthers() {
    List<String> released = new ArrayList<>();

    Releases.runAll(
        List.of(
            () -> released.add("first"),
            () -> {
              throw new IllegalStateException("on purpose");
            },
            () -> released.add("last")));

    assertThat(released).containsExactly("first", "last");
  }
}
