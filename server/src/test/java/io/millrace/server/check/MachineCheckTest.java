package io.millrace.server.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.control.database.DatabaseConfig;
import io.millrace.control.database.PostgresServer;
import io.millrace.control.link.Role;
import io.millrace.server.data.Endpoints;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsSources;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    assertThat(errors("edge.http.max-request-line-bytes=32768"))
        .singleElement()
        .asString()
        .contains("edge.http.max-head-bytes: 16384 (expected: 32768..1048576)");
  }

  @Test
  void warnsOfFewerOpenFilesThanViewers() {
    Settings defaults = Settings.defaults();

    assertThat(MachineCheck.files(defaults, 1_000_000).toString())
        .contains("enough for 50000 viewers");
    assertThat(MachineCheck.files(defaults, 20_000).toString())
        .contains("enough for 10436 viewers (edge.http.max-connections: 50000)", "LimitNOFILE");
    assertThat(MachineCheck.files(defaults, 4_096).toString()).contains("enough for 2048 viewers");
  }

  @Test
  void saysWhetherPartsCanBeFilesInMemory() {
    Finding fits = MachineCheck.parts(Path.of("/dev/shm"), 1 << 20);
    assertThat(fits.result()).isEqualTo(Finding.Result.OK);
    assertThat(fits.toString()).contains("window.directory", "room for 1 MiB");

    Finding none = MachineCheck.parts(Path.of("/proc"), 1 << 20);
    assertThat(none.result()).isEqualTo(Finding.Result.WARNING);
    assertThat(none.detail()).contains("/proc", "kept in buffers");
  }

  @Test
  void refusesFewerOpenFilesThanAStartNeeds() {
    Finding few = MachineCheck.files(Settings.defaults(), 200);

    assertThat(few.result()).isEqualTo(Finding.Result.ERROR);
    assertThat(few.detail()).isEqualTo("200 at most (expected: at least 320)");
    assertThat(few.mend()).contains("ulimit -n");
  }

  @Test
  void namesANodeIdThatTheControlPlaneRefuses() {
    assertThat(errors("node.id=a b/../c"))
        .singleElement()
        .asString()
        .contains("node.id: \"a b/../c\" in --set (expected: 1 to 63 of ");
  }

  @Test
  void refusesAFileThatHoldsNoAdministratorsToken() throws Exception {
    assertThat(findings()).extracting(Finding::name).doesNotContain("token");
    Files.writeString(data.resolve("admin-token"), "abc\n");

    Finding token = finding("token");
    assertThat(token.result()).isEqualTo(Finding.Result.ERROR);
    assertThat(token.detail()).contains("3 characters (expected: at least 24");
    assertThat(findings(EnumSet.of(Role.EDGE))).extracting(Finding::name).doesNotContain("token");
  }

  @Test
  void looksAtWhatTheRolesNeedAlone() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String rtmp = "rtmp.port=" + taken.getLocalPort();

      assertThat(errors(rtmp)).singleElement().asString().contains("rtmp.port");
      assertThat(findings(EnumSet.of(Role.EDGE), rtmp))
          .extracting(Finding::name)
          .doesNotContain("database");
      assertThat(findings(EnumSet.of(Role.EDGE), rtmp))
          .filteredOn(finding -> finding.name().equals("ports"))
          .extracting(Finding::result)
          .containsExactly(Finding.Result.OK);
    }
  }

  @Test
  void aNodeNeedsAControlPlane() throws Exception {
    Path own = Files.createDirectory(data.resolve("edge"));
    List<String> settings = new ArrayList<>(FREE_PORTS);
    assertThat(ofEdge(own, settings)).contains("control.url");

    settings.add("control.url=http://127.0.0.1:8090");
    assertThat(ofEdge(own, settings)).doesNotContain("control.url");
    settings.removeLast();
    Endpoints around =
        Endpoints.ofThisProcess(
            "test",
            List.of("control"),
            Map.of("control.grpc", new Endpoints.Endpoint("localhost", 1, "localhost:1")));
    Files.writeString(data.resolve(Endpoints.FILE), around.toJson());
    assertThat(ofEdge(own, settings)).doesNotContain("control.url");
  }

  private static List<String> ofEdge(Path directory, List<String> settings) {
    return new MachineCheck(
            new SettingsSources().assignments(settings), directory, EnumSet.of(Role.EDGE))
        .run().stream()
            .filter(finding -> finding.result() == Finding.Result.ERROR)
            .map(Finding::name)
            .toList();
  }

  @Test
  void warnsOfClearTextThatOtherMachinesReach() {
    assertThat(findings(EnumSet.of(Role.CONTROL), "fabric.host=*"))
        .extracting(Finding::name)
        .doesNotContain("fabric.host");
    assertThat(findings("control.host=*", "control.grpc.host=0.0.0.0", "fabric.host=::1"))
        .filteredOn(finding -> finding.name().endsWith(".host"))
        .extracting(Finding::result, Finding::name)
        .containsExactly(
            tuple(Finding.Result.WARNING, "control.host"),
            tuple(Finding.Result.WARNING, "control.grpc.host"));
  }

  @Test
  void namesADatabaseAddressThatIsNone() {
    assertThat(errors("control.database.url=postgres://user@host/name"))
        .first()
        .asString()
        .contains("control.database.url: \"postgres://…@host/name\" (expected: jdbc:postgresql://");
  }

  @Test
  void doesNotLookAtDefaultsWhereTheSettingsCannotBeRead() {
    assertThat(findings("rtmp.porte=1"))
        .extracting(Finding::name)
        .contains("settings", "java", "data")
        .doesNotContain("ports", "memory", "database");
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

  @Test
  void namesAHostThatCannotBeFoundAlsoWhileMillraceRuns() throws Exception {
    String told = "edge.http.host \"256.1.1.1\" cannot be found";
    assertThat(errors("edge.http.host=256.1.1.1")).singleElement().asString().contains(told);

    tellThatThisProcessRuns();
    assertThat(errors("edge.http.host=256.1.1.1")).singleElement().asString().contains(told);
  }

  @Test
  void namesAPublicHostThatCannotBeFound() {
    assertThat(findings()).extracting(Finding::name).doesNotContain("public.host");
    assertThat(finding("public.host", "public.host=127.0.0.1"))
        .isEqualTo(Finding.ok("public.host", "127.0.0.1 is 127.0.0.1"));

    Finding wrong = finding("public.host", "public.host=256.1.1.1");

    assertThat(wrong.result()).isEqualTo(Finding.Result.WARNING);
    assertThat(wrong.detail()).startsWith("\"256.1.1.1\" cannot be found");
    assertThat(wrong.mend()).contains("--set public.host=");
  }

  @Test
  void proposesAnotherPortForEachThatIsInUse() throws Exception {
    try (ServerSocket first = new ServerSocket(0);
        ServerSocket second = new ServerSocket(0)) {
      List<Finding> taken =
          errors("rtmp.port=" + first.getLocalPort(), "edge.http.port=" + second.getLocalPort());

      assertThat(taken)
          .hasSize(2)
          .allSatisfy(
              finding ->
                  assertThat(finding.mend())
                      .matches("use --set [a-z.]+=[1-9]\\d+, or stop it \\(kill \\d+\\)"));
      assertThat(taken.stream().map(finding -> finding.mend().replaceAll(".*=(\\d+),.*", "$1")))
          .doesNotHaveDuplicates()
          .doesNotContain(
              String.valueOf(first.getLocalPort()), String.valueOf(second.getLocalPort()));
    }
  }

  @Test
  void tellsWhyADataDirectoryCannotBe() throws Exception {
    Path file = Files.writeString(data.resolve("file"), "in the way");
    Path link = Files.createSymbolicLink(data.resolve("link"), data.resolve("nothing"));

    assertThat(dataFinding(data.resolve("new/deep")).result()).isNotEqualTo(Finding.Result.ERROR);
    assertThat(dataFinding(file.resolve("data")).detail()).isEqualTo(file + " is not a directory");
    assertThat(dataFinding(file).mend()).startsWith("move it out of the way");
    assertThat(dataFinding(link.resolve("data")).detail()).isEqualTo(link + " is not a directory");
    Finding pseudo = dataFinding(Path.of("/proc/millrace"));
    assertThat(pseudo.result()).isEqualTo(Finding.Result.ERROR);
    assertThat(pseudo.detail()).startsWith("/proc ").doesNotContain("GiB");
    assertThat(pseudo.mend()).contains("--data");
  }

  private static Finding dataFinding(Path directory) {
    return new MachineCheck(
            new SettingsSources().assignments(FREE_PORTS), directory, EnumSet.allOf(Role.class))
        .run().stream().filter(finding -> finding.name().equals("data")).findFirst().orElseThrow();
  }

  @Test
  void storesThatAreLargerThanTheMemoryAreWarnedOf() {
    assertThat(finding("memory").detail())
        .containsPattern("GiB at the origin and .* GiB at the edge");

    Finding large = finding("memory", "origin.memory=1024GiB");

    assertThat(large.result()).isEqualTo(Finding.Result.WARNING);
    assertThat(large.detail()).contains("1024.0 GiB at the origin");
    assertThat(large.mend()).startsWith("lower origin.memory, or ");
    assertThat(finding("memory", "rtmp.max-all-partial-bytes=1024GiB").mend())
        .startsWith("lower rtmp.max-all-partial-bytes");
  }

  @Test
  void tellsHowTheEmbeddedDatabaseIs() throws Exception {
    assertThat(finding("database"))
        .isEqualTo(
            Finding.ok(
                "database",
                "embedded; none in %s yet, the first start makes it"
                    .formatted(data.resolve("postgres"))));

    try (PostgresServer server =
        PostgresServer.start(DatabaseConfig.Embedded.in(data.resolve("postgres")))) {
      Finding leftover = finding("database");
      assertThat(leftover.result()).isEqualTo(Finding.Result.WARNING);
      assertThat(leftover.detail()).contains("runs as pid %d ".formatted(server.pid()));
      assertThat(leftover.mend()).contains("kill -INT " + server.pid());

      tellThatThisProcessRuns();
      assertThat(finding("database").result()).isEqualTo(Finding.Result.OK);
      assertThat(finding("database").detail())
          .endsWith("in use by millrace pid %d".formatted(ProcessHandle.current().pid()));
    }

    assertThat(finding("database").detail())
        .isEqualTo("embedded, Postgres 18 in %s, stopped".formatted(data.resolve("postgres")));
    Files.writeString(data.resolve("postgres/data/postmaster.pid"), Integer.MAX_VALUE + "\n");
    assertThat(finding("database").detail())
        .endsWith("stopped by force: it recovers at the next start");
    Files.writeString(data.resolve("postgres/data/PG_VERSION"), "12\n");
    assertThat(finding("database").result()).isEqualTo(Finding.Result.ERROR);
    assertThat(finding("database").detail()).contains("is of Postgres 12 (expected: 18)");
  }

  @Test
  void warnsOfDamagedAddressesAndGoesOn() throws Exception {
    Path file = data.resolve(Endpoints.FILE);
    for (String damaged :
        List.of("", "{", "{\"pid\": 1", "x", "null", "[]", "{}", "{\"pid\": \"x\"}", "\0\0\0")) {
      Files.writeString(file, damaged);

      Finding warning = finding(Endpoints.FILE);

      assertThat(warning.result()).as(damaged).isEqualTo(Finding.Result.WARNING);
      assertThat(warning.detail())
          .startsWith(file + " cannot be read: it ")
          .hasLineCount(1)
          .doesNotContain("Source", "REDACTED", "jackson", "io.millrace", "java.");
      assertThat(warning.mend()).endsWith("the next start writes it anew");
      assertThat(finding("ports")).isEqualTo(Finding.ok("ports", "all free"));
    }
    assertThat(findings("rtmp.porte=1"))
        .extracting(Finding::name)
        .contains(Endpoints.FILE, "settings", "java", "data");

    tellThatThisProcessRuns();
    assertThat(findings()).extracting(Finding::name).doesNotContain(Endpoints.FILE);
  }

  private void tellThatThisProcessRuns() throws IOException {
    Endpoints endpoints = Endpoints.ofThisProcess("test", List.of("control"), Map.of());
    Files.writeString(data.resolve(Endpoints.FILE), endpoints.toJson());
  }

  private Finding finding(String name, String... assignments) {
    return findings(assignments).stream()
        .filter(finding -> finding.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<Finding> errors(String... assignments) {
    return findings(assignments).stream()
        .filter(finding -> finding.result() == Finding.Result.ERROR)
        .filter(finding -> List.of("settings", "ports").contains(finding.name()))
        .toList();
  }

  private List<Finding> findings(String... assignments) {
    return findings(EnumSet.allOf(Role.class), assignments);
  }

  private List<Finding> findings(Set<Role> roles, String... assignments) {
    List<String> all = new ArrayList<>(FREE_PORTS);
    all.addAll(List.of(assignments));
    return new MachineCheck(new SettingsSources().assignments(all), data, roles).run();
  }
}
