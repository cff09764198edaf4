package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.Role;
import io.millrace.server.command.Millrace;
import io.millrace.server.node.Ports;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsSources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(300)
final class ProcessTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path parent;

  /** From the command to the picture, a kill without warning, and the end without leftovers. */
  @Test
  void demoPlaysSurvivesAKillAndLeavesNothing() throws Exception {
    Path data = parent.resolve("data");
    List<ProcessHandle> left;
    try (MillraceProcess demo = Started.ready(data, "demo")) {
      assertPlays(demo);
      assertCommandsWork(data);
      assertSecondIsNamed(data, demo.pid());
      left = demo.descendants();
      assertThat(left).as("FFmpeg and Postgres").hasSizeGreaterThan(1);
      demo.kill();
    }

    try (MillraceProcess again = Started.ready(data, "demo")) {
      assertPlays(again);
      await().atMost(SOON).until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
      List<ProcessHandle> running = again.descendants();
      again.signal("TERM");

      assertThat(again.awaitExit(Started.LONGEST)).as(again::output).isZero();

      assertThat(running).isNotEmpty().noneMatch(ProcessHandle::isAlive);
      assertThat(data.resolve("endpoints.json")).doesNotExist();
      assertThat(again.output()).doesNotContain("Exception", " ERROR ");
    }
  }

  /** A person who makes a new key wants the channel; who starts the demo again, the picture. */
  @Test
  void demoLeavesTheChannelToANewKeyAndTakesItBackWithTheNextStart() throws Exception {
    Path data = parent.resolve("data");
    try (MillraceProcess demo = Started.ready(data, "demo")) {
      assertPlays(demo);

      answer(0, "channel", "key", "demo", "--json", "--data", data.toString());

      await()
          .atMost(SOON)
          .until(
              () -> demo.output().contains("channel demo has a new key: the test picture stops"));
      demo.stop();
    }
    try (MillraceProcess again = Started.ready(data, "demo")) {
      assertThat(again.output()).contains("Channel demo gets a new stream key");
      assertPlays(again);
    }
  }

  private static void assertPlays(MillraceProcess process) throws Exception {
    try (Playlist playlist = new Playlist(process.http("edge.http"), "demo")) {
      await().atMost(SOON).ignoreExceptions().until(() -> playlist.video() != null);
      URI video = playlist.video();
      await().atMost(SOON).until(() -> !playlist.parts(video).isEmpty());
      URI first = playlist.parts(video).getLast();
      await().atMost(SOON).until(() -> !playlist.parts(video).getLast().equals(first));
      assertThat(playlist.bytes(first)).hasSizeGreaterThan(100);
    }
  }

  private static void assertCommandsWork(Path data) throws Exception {
    JsonNode made = answer(0, "channel", "create", "main", "--json", "--data", data.toString());
    assertThat(made.path("name").asString()).isEqualTo("main");
    assertThat(made.path("key").asString()).startsWith("mk_");
    assertThat(made.path("publish").path("rtmp").asString()).startsWith("rtmp://localhost:");
    assertThat(made.path("publish").has("srt")).isTrue();
    assertThat(made.path("watch").path("hls").asString()).endsWith("/live/main/index.m3u8");
    assertThat(made.path("watch").path("dash").asString()).endsWith("/live/main/manifest.mpd");
    assertThat(made.path("watch").path("page").asString()).endsWith("/watch/main");

    JsonNode all = answer(0, "channel", "list", "--json", "--data", data.toString());
    assertThat(all.path("channels"))
        .extracting(c -> c.path("name").asString())
        .contains("demo", "main");
    assertThat(
            answer(0, "node", "token", "--json", "--data", data.toString())
                .path("token")
                .asString())
        .isNotEmpty();
    assertThat(error(1, "channel", "create", "main", "--data", data.toString())).contains("main");
    assertThat(error(1, "channel", "show", "nobody", "--data", data.toString())).contains("nobody");
    answer(0, "channel", "delete", "main", "--json", "--data", data.toString());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("admin-token"))))
        .isEqualTo("rw-------");
  }

  private static void assertSecondIsNamed(Path data, long pid) throws Exception {
    try (MillraceProcess second = Started.process(data, "up")) {
      assertThat(second.awaitExit(Started.LONGEST)).isEqualTo(1);
      assertThat(second.output()).contains(data + " is in use by millrace pid " + pid);
    }
  }

  /** What happens between the roles of one process is no news; what one waits for is. */
  @Test
  void upSaysLittleBeforeItsSummary() throws Exception {
    try (MillraceProcess up = Started.ready(parent.resolve("data"), "up")) {
      await().atMost(SOON).until(() -> up.output().contains("Millrace is ready"));

      assertThat(up.output().lines().takeWhile(line -> !line.startsWith("  publish to")))
          .filteredOn(line -> !line.isBlank() && !line.contains("Unpacking Postgres"))
          .hasSizeLessThanOrEqualTo(4)
          .noneMatch(line -> line.contains("this process"))
          .anyMatch(line -> line.contains("Making a database"))
          .anyMatch(line -> line.contains("Control plane ready"));
    }
  }

  @Test
  void namesThePortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Settings settings =
          new SettingsSources().assignments(List.of("rtmp.port=" + taken.getLocalPort())).read();

      List<String> obstacles = Ports.obstacles(settings, Set.of(Role.INGEST));

      assertThat(obstacles)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("rtmp.port " + taken.getLocalPort() + " is in use")
                      .contains(" by pid " + ProcessHandle.current().pid())
                      .contains(": stop it (kill " + ProcessHandle.current().pid() + ")")
                      .containsPattern(", or use --set rtmp.port=[1-9]\\d+$"));
    }
  }

  @Test
  void makesNoDirectoryWhereAPortIsInUse() throws Exception {
    Path data = parent.resolve("data");
    try (ServerSocket taken = new ServerSocket(0);
        MillraceProcess up =
            Started.process(data, "up", "--set", "rtmp.port=" + taken.getLocalPort())) {
      assertThat(up.awaitExit(Started.LONGEST)).isEqualTo(1);

      assertThat(up.output()).contains("rtmp.port " + taken.getLocalPort() + " is in use");
      assertThat(data).doesNotExist();
    }
  }

  private static JsonNode answer(int status, String... command) {
    StringWriter out = new StringWriter();
    CommandLine line = Millrace.commandLine().setOut(new PrintWriter(out));
    assertThat(line.execute(command)).isEqualTo(status);
    return JsonMapper.builder().build().readTree(out.toString());
  }

  private static String error(int status, String... command) {
    StringWriter err = new StringWriter();
    CommandLine line = Millrace.commandLine().setErr(new PrintWriter(err));
    assertThat(line.execute(command)).isEqualTo(status);
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString();
  }
}
