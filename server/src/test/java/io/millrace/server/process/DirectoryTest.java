package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node says while the control plane is away: before it has told the directory, and after.
 */
@Timeout(300)
final class DirectoryTest {
  @TempDir private Path parent;

  @Test
  void edgeWithoutADirectoryIsNotReadyAndDeniesNoChannel() throws Exception {
    List<Integer> free = MillraceProcess.freeTcpPorts(2);
    List<String> ports =
        List.of(
            "--set", "control.port=" + free.get(0), "--set", "control.grpc.port=" + free.get(1));
    Path controlData = parent.resolve("control");
    Path edgeData = parent.resolve("edge");
    String token;
    try (MillraceProcess control = control(controlData, ports)) {
      MillraceProcess.run(
          Started.LONGEST, "channel", "create", "stage", "--data", controlData.toString());
      token =
          MillraceProcess.run(Started.LONGEST, "node", "token", "--data", controlData.toString());
      control.stop();
    }

    try (MillraceProcess edge = edge(edgeData, ports, token.strip())) {
      HttpResponse<String> ready = Web.get(edge.http("metrics"), "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("directory: none yet");
      assertThat(Web.get(edge.http("metrics"), "/health/live").statusCode()).isEqualTo(200);
      HttpResponse<String> early = Web.get(edge.http("edge.http"), "/live/stage/index.m3u8");
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.headers().firstValue("retry-after")).contains("1");
      assertThat(early.body()).contains("channel stage: not known yet");
      assertThat(edge.output()).contains("is not ready (directory: none yet");

      try (MillraceProcess control = control(controlData, ports)) {
        await()
            .atMost(Started.LONGEST)
            .until(() -> Web.get(edge.http("metrics"), "/health/ready").statusCode() == 200);
        assertKnowsItsChannels(edge);
        control.stop();
      }
      edge.stop();
    }

    try (MillraceProcess again = edge(edgeData, ports, "")) {
      assertThat(Web.get(again.http("metrics"), "/health/ready").statusCode()).isEqualTo(200);
      assertKnowsItsChannels(again);
    }
  }

  /** There is no origin to say whether the one it knows is on air. */
  private void assertKnowsItsChannels(MillraceProcess edge) throws Exception {
    assertThat(Web.get(edge.http("edge.http"), "/live/nobody/index.m3u8").statusCode())
        .isEqualTo(404);
    HttpResponse<String> known = Web.get(edge.http("edge.http"), "/live/stage/index.m3u8");
    assertThat(known.statusCode()).isEqualTo(503);
    assertThat(known.headers().firstValue("retry-after")).contains("1");
    assertThat(known.body()).contains("no origin has said whether it is on air");
  }

  private static MillraceProcess control(Path data, List<String> ports) throws Exception {
    return Started.ready(data, command("control", ports));
  }

  private static MillraceProcess edge(Path data, List<String> ports, String token)
      throws Exception {
    List<String> joining = new ArrayList<>(ports);
    joining.addAll(
        List.of("--set", "control.url=http://127.0.0.1", "--set", "node.token=" + token));
    return Started.ready(data, command("edge", joining));
  }

  private static String[] command(String role, List<String> settings) {
    List<String> command = new ArrayList<>(List.of("node", "--roles", role));
    command.addAll(settings);
    return command.toArray(String[]::new);
  }
}
