package io.millrace.server.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.settings.SettingsSources;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would keep a process from starting is told before it does. */
class MachineCheckTest {
  private static final List<String> FREE_PORTS =
      List.of(
          "rtmp.port=0",
          "edge.http.port=0",
          "control.port=0",
          "control.grpc.port=0",
          "fabric.port=0",
          "metrics.port=0");

  @TempDir private Path data;

  @Test
  void findsNothingWrongWithTheDefaults() {
    assertThat(errors()).isEmpty();
  }

  @Test
  void namesValuesThatAPartRefuses() {
    assertThat(errors("rtmp.idle-timeout=0"))
        .singleElement()
        .asString()
        .contains("rtmp.idle-timeout");
    assertThat(errors("control.idle-timeout=1ms"))
        .singleElement()
        .asString()
        .contains("control.idle-timeout: \"1ms\" in --set (expected: a duration from 1s to 1h)");
    assertThat(errors("rtmp.max-media-bytes=64MiB"))
        .singleElement()
        .asString()
        .contains("rtmp.max-media-bytes");
  }

  @Test
  void namesPortsThatAreTheSame() {
    assertThat(errors("rtmp.port=50123", "edge.http.port=50123"))
        .singleElement()
        .asString()
        .contains("edge.http.port 50123 is rtmp.port as well");
  }

  @Test
  void namesAHostThatIsNotHereAlsoWithoutAPort() {
    assertThat(errors("edge.http.host=192.0.2.1"))
        .singleElement()
        .asString()
        .contains("edge.http.host \"192.0.2.1\" cannot be listened on");
  }

  private List<Finding> errors(String... assignments) {
    SettingsSources sources =
        new SettingsSources().assignments(FREE_PORTS).assignments(List.of(assignments));
    return new MachineCheck(sources, data)
        .run().stream()
            .filter(finding -> finding.result() == Finding.Result.ERROR)
            .filter(finding -> List.of("settings", "ports").contains(finding.name()))
            .toList();
  }
}
