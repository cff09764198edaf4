package io.millrace.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.ControlPlaneConfig;
import io.millrace.edge.EdgeConfig;
import io.millrace.fabric.aeron.FabricConfig;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.RtmpConfig;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.origin.OriginConfig;
import io.millrace.packager.host.PackagerConfig;
import io.millrace.server.ServerException;
import io.millrace.server.health.HealthLimits;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.SettingType;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsSources;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each module thinks usual is what the settings say is usual. */
class ConfigsTest {
  private static final Pattern BOUNDS = Pattern.compile("from (\\w+) to (\\w+)");

  private final Configs usual = new Configs(Settings.defaults(), Long.MAX_VALUE);

  @Test
  void theSettingsDefaultsAreTheModules() {
    assertThat(usual.rtmp()).isEqualTo(RtmpConfig.defaults());
    assertThat(usual.ingest()).isEqualTo(IngestConfig.defaults());
    assertThat(usual.packager()).isEqualTo(PackagerConfig.defaults());
    assertThat(usual.origin()).isEqualTo(OriginConfig.defaults());
    assertThat(usual.edge()).isEqualTo(EdgeConfig.defaults());
  }

  @Test
  void viewersFitTheFilesThatMayBeOpen() {
    assertThat(new Configs(Settings.defaults(), 20_000).edge().http().maxConnections())
        .isEqualTo(10_436);
  }

  @Test
  void thoseWithADirectoryToo(@TempDir Path directory) {
    FabricConfig fabric = FabricConfig.defaults(directory).withAddress("127.0.0.1", 8092);
    assertThat(usual.fabric(directory)).isEqualTo(fabric);
    ControlPlaneConfig made = usual.controlPlane(directory);
    ControlPlaneConfig expected = ControlPlaneConfig.defaults(directory);
    assertThat(made.mostChannels()).isEqualTo(expected.mostChannels());
    assertThat(made.mostConsoles()).isEqualTo(expected.mostConsoles());
    assertThat(made.api()).isEqualTo(expected.api());
    assertThat(made.mostDatabaseConnections()).isEqualTo(expected.mostDatabaseConnections());
    assertThat(made.link().limits()).isEqualTo(expected.link().limits());
    assertThat(usual.health()).isEqualTo(HealthLimits.defaults());
  }

  @Test
  void aLimitThatIsSetIsTheOneInForce() {
    Configs configs =
        with(
            "edge.http.max-connections=17",
            "edge.max-viewers-per-address=18",
            "edge.max-tokens=19",
            "rtmp.max-media-bytes=1MiB",
            "rtmp.max-all-partial-bytes=2MiB",
            "rtmp.max-amf-depth=3");

    assertThat(configs.edge().http().maxConnections()).isEqualTo(17);
    assertThat(configs.edge().http().maxViewersPerAddress()).isEqualTo(18);
    assertThat(configs.edge().http().maxTokens()).isEqualTo(19);
    assertThat(configs.rtmp().chunks().maxMediaBytes()).isEqualTo(1 << 20);
    assertThat(configs.rtmp().maxAllPartialBytes()).isEqualTo(2 << 20);
    assertThat(configs.rtmp().session().amf().maxDepth()).isEqualTo(3);
  }

  /** Who reads the counter finds the setting. */
  @Test
  void whatTheRtmpServerCountsByLimitIsNamedByItsSetting() {
    List<String> keys = Catalog.ALL.stream().map(Setting::key).toList();
    for (Limit limit : Limit.values()) {
      if (limit.label().contains(".")) {
        assertThat(keys).contains(limit.label());
      }
    }
  }

  @Test
  void limitsThatDoNotGoTogetherAreNamed() {
    Configs configs = with("edge.http.max-request-line-bytes=32768");

    assertThatThrownBy(configs::edge)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("edge.http.max-head-bytes");
  }

  /** What can be read can be had, to the least and the most of it. */
  @Test
  void everyValueWithinItsBoundsIsTaken(@TempDir Path directory) {
    int bounded = 0;
    for (Setting<?> setting : Catalog.ALL) {
      Matcher bounds = BOUNDS.matcher(setting.type().expected());
      if (bounds.find()) {
        bounded++;
        for (String value : List.of(bounds.group(1), bounds.group(2))) {
          // A head has room for its line.
          List<String> assignments =
              List.of(
                  "edge.http.max-head-bytes=65536",
                  "edge.http.max-request-line-bytes=64",
                  setting.key() + "=" + value);
          Configs.check(new SettingsSources().assignments(assignments).read(), directory);
        }
      } else {
        assertThat((Object) setting.type())
            .isIn(
                SettingType.TEXT,
                SettingType.HOST,
                SettingType.SERVER_URL,
                SettingType.NODE_ID,
                Catalog.LOG_LEVEL.type(),
                Catalog.EDGE_HTTP_TRANSPORT.type());
      }
    }
    assertThat(bounded).isGreaterThan(50);
  }

  private static Configs with(String... assignments) {
    return new Configs(new SettingsSources().assignments(List.of(assignments)).read());
  }
}
