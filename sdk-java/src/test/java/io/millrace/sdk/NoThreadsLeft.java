package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After a class's tests, whose clients are closed, no thread of theirs may be left. */
final class NoThreadsLeft implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              System.gc(); // on Java 17 an HttpClient ends with it
              assertThat(threads()).isEmpty();
            });
  }

  static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("millrace-sdk-") || name.startsWith("HttpClient-"))
        .toList();
  }
}
