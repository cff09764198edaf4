package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeysTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  private static List<TokenKey> keys(TestNodes nodes, String id) throws InterruptedException {
    ControlLinkClient edge = nodes.join(id, Set.of(Role.EDGE));
    assertThat(edge.awaitDirectory(SOON)).isTrue();
    return edge.directory().tokens().keys().newestFirst();
  }

  @Test
  void edgesGetAKeyThatTheDatabaseDoesNotHave(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      List<TokenKey> keys = keys(nodes, "edge-1");

      assertThat(keys).hasSize(1);
      byte[] secret = keys.getFirst().secret();
      String rows = String.join(" ", control.query("select k::text from token_keys k"));
      assertThat(rows)
          .isNotEmpty()
          .doesNotContain(HexFormat.of().formatHex(secret))
          .doesNotContain(Base64.getEncoder().encodeToString(secret));
      Path file = directory.resolve("token-secret");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(file)).startsWith("mts_");
    }
  }

  @Test
  void aKeyIsTheSameAfterAStartAndNoneWithAnotherSecret(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      List<TokenKey> keys = keys(nodes, "edge-1");

      int[] ports = control.stop();
      control.startAgain(ports);
      assertThat(keys(nodes, "edge-2")).isEqualTo(keys);

      control.stop();
      Files.delete(directory.resolve("token-secret"));
      control.startAgain(ports);
      assertThat(keys(nodes, "edge-3")).hasSize(1).doesNotContainAnyElementsOf(keys);
    }
  }
}
