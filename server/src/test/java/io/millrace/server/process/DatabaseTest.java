package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process says and does when the Postgres that it has started dies. */
@Timeout(300)
final class DatabaseTest {
  @TempDir private Path parent;

  @Test
  void postgresThatDiesIsToldAndStartedAgain() throws Exception {
    Path data = parent.resolve("data");
    Path files = data.resolve("postgres/data");
    Path aside = data.resolve("postgres/aside");
    try (MillraceProcess control = Started.ready(data, "node", "--roles", "control")) {
      assertThat(Web.status(control.http("metrics"), "/health/ready")).isEqualTo(200);
      long postgres =
          Long.parseLong(Files.readAllLines(files.resolve("postmaster.pid")).getFirst().strip());

      Files.move(files, aside); // it cannot be started for as long
      ProcessHandle.of(postgres).orElseThrow().destroyForcibly();

      await()
          .atMost(Started.LONGEST)
          .until(() -> Web.status(control.http("metrics"), "/health/ready") == 503);
      assertThat(Web.status(control.http("control"), "/health/ready")).isEqualTo(503);
      assertThat(control.output())
          .contains("ERROR")
          .contains("Postgres (process " + postgres + ") ended by itself with status 137");
      Files.move(aside, files);

      await()
          .atMost(Started.LONGEST)
          .until(() -> Web.status(control.http("metrics"), "/health/ready") == 200);
      assertThat(Web.status(control.http("control"), "/api/v1/public/channels/none"))
          .isEqualTo(404);
      control.signal("TERM");
      assertThat(control.awaitExit(Started.LONGEST)).as(control::output).isZero();
    }
    assertThat(new Survivors(data).find()).isEmpty();
  }
}
