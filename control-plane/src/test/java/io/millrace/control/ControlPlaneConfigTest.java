package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.database.DatabaseConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ControlPlaneConfigTest {
  private static final ControlPlaneConfig DEFAULTS =
      ControlPlaneConfig.defaults(Path.of("millrace-data"));

  @Test
  void listensOnLoopbackAndKeepsEverythingInTheDataDirectory() {
    assertThat(DEFAULTS.host()).isEqualTo("127.0.0.1");
    assertThat(DEFAULTS.port()).isEqualTo(8090);
    assertThat(DEFAULTS.link().host()).isEqualTo("127.0.0.1");
    assertThat(DEFAULTS.link().port()).isEqualTo(8091);
    assertThat(DEFAULTS.adminTokenFile()).isEqualTo(Path.of("millrace-data/admin-token"));
    assertThat(((DatabaseConfig.Embedded) DEFAULTS.database()).directory())
        .isEqualTo(Path.of("millrace-data/postgres"));
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> DEFAULTS.withPorts(-1, 0)).hasMessageContaining("control.port");
    assertThatThrownBy(() -> DEFAULTS.withPorts(0, 65_536)).hasMessageContaining("65536");
    assertThatThrownBy(() -> new DatabaseConfig.External("mysql://u:p@host/db", "u", "p"))
        .hasMessageContaining("control.database.url")
        .hasMessageNotContaining("u:p");
    assertThat(new DatabaseConfig.External("jdbc:postgresql://h/d", "u", "s3cret").toString())
        .doesNotContain("s3cret");
  }
}
