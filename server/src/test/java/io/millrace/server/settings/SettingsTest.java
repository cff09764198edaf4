package io.millrace.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  @TempDir Path directory;

  @Test
  void hasTheDefaultsThatTheDesignNames() {
    Settings settings = Settings.defaults();

    assertThat(settings.get(Catalog.RTMP_PORT)).isEqualTo(1935);
    assertThat(settings.get(Catalog.EDGE_HTTP_PORT)).isEqualTo(8080);
    assertThat(settings.get(Catalog.CONTROL_PORT)).isEqualTo(8090);
    assertThat(settings.get(Catalog.CONTROL_GRPC_PORT)).isEqualTo(8091);
    assertThat(settings.get(Catalog.FABRIC_PORT)).isEqualTo(8092);
    assertThat(settings.get(Catalog.METRICS_PORT)).isEqualTo(9464);
    assertThat(settings.get(Catalog.RTMP_HOST)).isEqualTo("*");
    assertThat(settings.get(Catalog.EDGE_HTTP_HOST)).isEqualTo("*");
    assertThat(settings.get(Catalog.CONTROL_HOST)).isEqualTo("127.0.0.1");
    assertThat(settings.source(Catalog.RTMP_PORT)).isEqualTo("default");
  }

  @Test
  void everySettingHasItsOwnKeyAndVariableAndASentence() {
    Set<String> names = new HashSet<>();
    for (Setting<?> setting : Catalog.ALL) {
      assertThat(setting.key()).matches("[a-z]+([.-][a-z]+)*");
      assertThat(setting.doc()).matches("[A-Z].*\\.");
      assertThat(names.add(setting.key())).isTrue();
      assertThat(names.add(setting.environmentName())).isTrue();
    }
  }

  @Test
  void everyKeyIsReadFromEverySource() throws IOException {
    for (Setting<?> setting : Catalog.ALL) {
      String text = setting.defaultText();
      Path file =
          Files.writeString(directory.resolve("one.yaml"), setting.key() + ": \"" + text + "\"\n");

      assertThat(new SettingsSources().file(file).read().isSet(setting)).isTrue();
      assertThat(
              new SettingsSources()
                  .environment(Map.of(setting.environmentName(), text))
                  .read()
                  .isSet(setting))
          .isTrue();
      assertThat(
              new SettingsSources()
                  .assignments(List.of(setting.key() + "=" + text))
                  .read()
                  .isSet(setting))
          .isTrue();
    }
  }

  @Test
  void laterSourceWins() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("millrace.yaml"),
            """
            rtmp.port: 1
            edge:
              http.port: 2
              http:
                host: "::1"
            drain.timeout: 4s
            """);
    SettingsSources sources =
        new SettingsSources().commandDefault(Catalog.DRAIN_TIMEOUT, "0").file(file);

    Settings fileOnly = sources.read();
    Settings all =
        sources
            .environment(Map.of("MILLRACE_EDGE_HTTP_PORT", "20", "PATH", "/bin"))
            .assignments(List.of("rtmp.port=100"))
            .read();

    assertThat(fileOnly.get(Catalog.RTMP_PORT)).isEqualTo(1);
    assertThat(fileOnly.get(Catalog.EDGE_HTTP_PORT)).isEqualTo(2);
    assertThat(fileOnly.get(Catalog.EDGE_HTTP_HOST)).isEqualTo("::1");
    assertThat(fileOnly.get(Catalog.DRAIN_TIMEOUT)).isEqualTo(Duration.ofSeconds(4));
    assertThat(all.get(Catalog.EDGE_HTTP_PORT)).isEqualTo(20);
    assertThat(all.get(Catalog.RTMP_PORT)).isEqualTo(100);
    assertThat(all.source(Catalog.EDGE_HTTP_PORT)).isEqualTo("MILLRACE_EDGE_HTTP_PORT");
  }

  @Test
  void namesTheNearestKeyOfAnUnknownOne() {
    SettingsSources sources = new SettingsSources().assignments(List.of("edge.htpp.port=8081"));

    assertThatThrownBy(sources::read)
        .isInstanceOf(SettingsException.class)
        .hasMessage("edge.htpp.port in --set is no setting (nearest: edge.http.port)");
    assertThatThrownBy(
            () -> new SettingsSources().environment(Map.of("MILLRACE_RTMP_PROT", "1")).read())
        .hasMessageContaining("nearest: MILLRACE_RTMP_PORT");
    assertThatThrownBy(() -> new SettingsSources().assignments(List.of("colour=blue")).read())
        .hasMessage("colour in --set is no setting");
    assertThatThrownBy(
            () -> new SettingsSources().environment(Map.of("MILLRACE_COLOUR", "blue")).read())
        .hasMessage("MILLRACE_COLOUR in the environment is no setting");
  }

  @Test
  void namesKeyValueAndExpectationOfAWrongValue() {
    assertThatThrownBy(() -> new SettingsSources().assignments(List.of("rtmp.port=70000")).read())
        .hasMessage(
            "rtmp.port: \"70000\" in --set (expected: a port from 0 to 65535, 0 for any free one)");
    assertThatThrownBy(() -> new SettingsSources().assignments(List.of("drain.timeout=30")).read())
        .hasMessageContaining("drain.timeout: \"30\"")
        .hasMessageContaining("expected: a duration");
    assertThatThrownBy(() -> new SettingsSources().assignments(List.of("rtmp.port")).read())
        .hasMessageContaining("key=value");
  }

  @Test
  void namesEverySettingThatIsWrong() throws IOException {
    Path file = Files.writeString(directory.resolve("wrong.yaml"), "rtmp.prot: 1\nlog.level: loud");
    SettingsSources sources =
        new SettingsSources()
            .file(file)
            .environment(Map.of("MILLRACE_CONTROL_PORT", "-1"))
            .assignments(List.of("rtmp.port", "edge.memory=much", "edge.http.port=8081"));

    assertThatThrownBy(sources::read)
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .hasSize(5)
                    .anyMatch(problem -> problem.startsWith("rtmp.prot in " + file))
                    .anyMatch(problem -> problem.startsWith("log.level: \"loud\" in " + file))
                    .anyMatch(problem -> problem.contains("\"-1\" in MILLRACE_CONTROL_PORT"))
                    .anyMatch(problem -> problem.startsWith("--set: \"rtmp.port\""))
                    .anyMatch(problem -> problem.startsWith("edge.memory: \"much\"")));
  }

  @Test
  void refusesAFileThatIsNoYamlOrMissing() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "rtmp: [1935");
    Path list = Files.writeString(directory.resolve("list.yaml"), "rtmp.port:\n  - 1935\n");

    assertThatThrownBy(() -> new SettingsSources().file(broken).read())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("is not YAML");
    assertThatThrownBy(() -> new SettingsSources().file(list).read())
        .hasMessageContaining("rtmp.port");
    Path twice =
        Files.writeString(
            directory.resolve("twice.yaml"),
            "edge:\n  http:\n    port: 8099\nedge:\n  memory: 64MiB\n");
    assertThatThrownBy(() -> new SettingsSources().file(twice).read())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("in line 4: ")
        .hasMessageContaining("edge");
    assertThatThrownBy(() -> new SettingsSources().file(directory.resolve("no.yaml")).read())
        .hasMessageContaining("there is no such file");
    assertThat(new SettingsSources().fileIfPresent(directory.resolve("no.yaml")).read())
        .isNotNull();
  }

  @Test
  void aFileWithoutSettingsSetsNothing() throws IOException {
    for (String text : List.of("", "\n", "# none yet\n\n# rtmp.port: 1\n", "---\n", "null\n")) {
      Settings settings = fromFile(text).read();

      assertThat(Catalog.ALL).as(text).noneMatch(settings::isSet);
    }
  }

  @Test
  void takesTheTextOfAFileAsItStands() throws IOException {
    for (String text : List.of("1.10", "1e3", "0x1F", "017", "1_000", "+5", "True", "a&b", "a!*")) {
      assertThat(password(text)).isEqualTo(text);
      assertThat(password("\"" + text + "\"")).isEqualTo(text);
    }
    assertThat(password("'&p'")).isEqualTo("&p");
    assertThat(password("\"\\U0001F512\"")).isEqualTo("\uD83D\uDD12");
    assertThat(password("")).isEmpty();
    assertThat(password("null")).isEmpty();
    assertThat(fromFile("\uFEFFnode.id: 1.10\r\n").read().get(Catalog.NODE_ID)).isEqualTo("1.10");
  }

  private String password(String text) throws IOException {
    return fromFile("# \uD83D\uDD12\ncontrol:\n  database.password: " + text + "\n")
        .read()
        .get(Catalog.CONTROL_DATABASE_PASSWORD);
  }

  @Test
  void refusesAliasesAnchorsAndTags() throws IOException {
    String alias = " in %s: an alias (expected: a value)".formatted(directory.resolve("a.yaml"));
    for (String text : List.of("*p", "&p", "&p 1", "&p {port: 1}", "&p\n  port: 1", "&p [1]")) {
      assertThatThrownBy(fromFile("# \uD83D\uDD12\nrtmp: " + text + "\n")::read)
          .as(text)
          .isInstanceOf(SettingsException.class)
          .hasMessage("rtmp" + alias);
    }
    assertThatThrownBy(fromFile("edge:\n  http:\n    <<: *p\n")::read)
        .hasMessage("edge.http.<<" + alias);
    assertThatThrownBy(fromFile("log.level: info\n&p rtmp.port: 1\n")::read)
        .hasMessage("rtmp.port" + alias);
    assertThatThrownBy(fromFile("&p {rtmp.port: 1}\n")::read)
        .hasMessageEndingWith("a.yaml: an alias (expected: a value)");
    assertThatThrownBy(fromFile("*p : 1\n")::read)
        .hasMessageContaining("is not YAML in line 1: ")
        .hasMessageNotContaining("ALI");
    assertThatThrownBy(fromFile("node.id: !secret\n")::read)
        .hasMessageStartingWith("node.id in ")
        .hasMessageEndingWith("a tag (expected: a value)");
  }

  @Test
  void readsWhatAnotherProgramWritesButNoDirectory() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Process writer =
        new ProcessBuilder("sh", "-c", "echo rtmp.port: 1936 > " + fifo).inheritIO().start();
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThat(new SettingsSources().file(fifo).read().get(Catalog.RTMP_PORT))
                .isEqualTo(1936));
    assertThat(writer.waitFor()).isZero();

    assertThatThrownBy(new SettingsSources().file(directory)::read)
        .isInstanceOf(SettingsException.class)
        .hasMessage(directory + " is a directory");
  }

  @Test
  void refusesAFileThatIsTooLargeOrNoText() throws IOException {
    String most = "#".repeat(1 << 20);
    assertThat(fromFile(most).read()).isNotNull();
    assertThatThrownBy(fromFile(most + "#")::read)
        .isInstanceOf(SettingsException.class)
        .hasMessageEndingWith("a.yaml is larger than 1 MiB");
    assertThatThrownBy(fromFile("a: \0\n")::read)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("is not YAML");
    Path latin = Files.write(directory.resolve("latin.yaml"), new byte[] {'#', (byte) 0xE9});
    assertThatThrownBy(new SettingsSources().file(latin)::read)
        .hasMessageEndingWith("cannot be read: it is not UTF-8");
  }

  @Test
  void refusesListsFurtherDocumentsAndDeepMaps() throws IOException {
    assertThatThrownBy(fromFile("rtmp:\n  port: [1]\n")::read)
        .hasMessageStartingWith("rtmp.port in ")
        .hasMessageEndingWith("a list (expected: one value)");
    for (String text : List.of("[1]", "rtmp.port", "- 1")) {
      assertThatThrownBy(fromFile(text)::read)
          .hasMessageEndingWith("holds no settings (expected: key: value)");
    }
    for (String text : List.of("rtmp.port: 1\n---\nlog.level: info\n", "---\n---\n")) {
      assertThatThrownBy(fromFile(text)::read)
          .isInstanceOf(SettingsException.class)
          .hasMessageEndingWith("holds more than one document (expected: one)");
    }
    assertThat(fromFile("---\nrtmp.port: 1\n...\n").read().get(Catalog.RTMP_PORT)).isEqualTo(1);
    assertThatThrownBy(fromFile("{a: ".repeat(100_000))::read)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("more than 16 levels");
  }

  @Test
  void refusesAKeyThatStandsNestedAndDotted() throws IOException {
    assertThatThrownBy(fromFile("rtmp:\n  port:\nrtmp.port: 1\n")::read)
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("rtmp.port stands twice in ");
  }

  @Test
  void tellsTwentyProblemsAndHowManyThereAreMore() throws IOException {
    for (int count : List.of(20, 21, 1_000)) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < count; i++) {
        text.append("colour").append(i).append(": blue\n");
      }

      assertThatThrownBy(fromFile(text.toString())::read)
          .isInstanceOfSatisfying(
              SettingsException.class,
              e -> {
                assertThat(e.problems()).hasSize(count == 20 ? 20 : 21);
                assertThat(e.problems().getLast())
                    .startsWith(count == 20 ? "colour19 in " : "and %d more".formatted(count - 20));
              });
    }
  }

  private SettingsSources fromFile(String text) throws IOException {
    return new SettingsSources().file(Files.writeString(directory.resolve("a.yaml"), text));
  }

  @Test
  void takesOnlyLiveSettingsIntoARunningProcess() {
    Settings before = Settings.defaults();
    Settings after =
        new SettingsSources().assignments(List.of("log.level=DEBUG", "rtmp.port=1")).read();

    Settings merged = before.withLiveOf(after);

    assertThat(after.changedFrom(before))
        .extracting(Setting::key)
        .containsExactlyInAnyOrder("rtmp.port", "log.level");
    assertThat(merged.get(Catalog.LOG_LEVEL)).isEqualTo("debug");
    assertThat(merged.get(Catalog.RTMP_PORT)).isEqualTo(1935);
  }

  @Test
  void readsSizes() {
    SettingType<Long> size = SettingType.size(1_000, 3L << 30);

    assertThat(size.expected()).isEqualTo("a size in B, KiB, MiB or GiB, from 1000B to 3GiB");
    assertThat(size.reader().apply("1000B")).isEqualTo(1_000);
    assertThat(size.reader().apply("64MiB")).isEqualTo(64L << 20);
    assertThat(size.writer().apply(64L << 20)).isEqualTo("64MiB");
    assertThat(size.writer().apply(3L << 30)).isEqualTo("3GiB");
    for (String wrong : List.of("64MB", "0", "999", "3221225473", "4GiB", "-1", "")) {
      assertThatThrownBy(() -> size.reader().apply(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    SettingType<Long> orZero = SettingType.sizeOrZero(1 << 20, 1 << 30);
    assertThat(orZero.expected())
        .isEqualTo("0, or a size in B, KiB, MiB or GiB, from 1MiB to 1GiB");
    assertThat(orZero.reader().apply("0")).isZero();
    assertThat(orZero.writer().apply(0L)).isEqualTo("0");
    assertThatThrownBy(() -> orZero.reader().apply("1KiB"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsDurations() {
    SettingType<Duration> duration =
        SettingType.duration(Duration.ofMillis(200), Duration.ofHours(1));

    assertThat(duration.expected()).isEqualTo("a duration from 200ms to 1h");
    assertThat(duration.reader().apply("200ms")).isEqualTo(Duration.ofMillis(200));
    assertThat(duration.reader().apply("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(duration.writer().apply(Duration.ofMinutes(2))).isEqualTo("120s");
    for (String wrong : List.of("0", "199ms", "3601s", "2h", "999999999h", "1", "1 day", "-1s")) {
      assertThatThrownBy(() -> duration.reader().apply(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    SettingType<Duration> fromZero = SettingType.duration(Duration.ZERO, Duration.ofSeconds(60));
    assertThat(fromZero.expected()).isEqualTo("a duration from 0 to 60s");
    assertThat(fromZero.reader().apply("0")).isZero();
  }

  @Test
  void anAddressOfAServerHasItsSchemeAndHost() {
    assertThat(SettingType.SERVER_URL.reader().apply("https://control.example:8090/api"))
        .isEqualTo("https://control.example:8090/api");
    assertThat(SettingType.SERVER_URL.reader().apply("")).isEmpty();
    for (String wrong : List.of("ftp://x", "control.example:8090", "http://", "http:/x", "a b")) {
      assertThatThrownBy(() -> SettingType.SERVER_URL.reader().apply(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesTheKeyAndTheBoundsOfAValueBeyondThem() {
    assertThatThrownBy(
            () -> new SettingsSources().assignments(List.of("fabric.link-timeout=0")).read())
        .hasMessage("fabric.link-timeout: \"0\" in --set (expected: a duration from 200ms to 60s)");
    assertThatThrownBy(() -> new SettingsSources().assignments(List.of("edge.memory=1KiB")).read())
        .hasMessage(
            "edge.memory: \"1KiB\" in --set (expected: 0, or a size in B, KiB, MiB or GiB, from"
                + " 1MiB to 1024GiB)");
  }
}
