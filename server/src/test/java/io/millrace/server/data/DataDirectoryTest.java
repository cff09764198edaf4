package io.millrace.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.server.ServerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir Path parent;

  @Test
  void namesTheProcessThatUsesIt() {
    Path path = parent.resolve("data");
    try (DataDirectory first = DataDirectory.open(path)) {
      assertThat(first.path()).isEqualTo(path);
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining(
              path + " is in use by millrace pid " + ProcessHandle.current().pid());
    }
    DataDirectory.open(path).close();
  }

  @Test
  void keepsItselfOutOfTheCloneThatItIsMadeIn() throws IOException {
    Path path = parent.resolve("data");

    DataDirectory.open(path).close();

    assertThat(path.resolve(".gitignore")).hasContent("*");
  }

  @Test
  void refusesAFile() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("cannot be used: it is not a directory");
  }

  @Test
  void keepsAddressesWhileItIsOpenAndOnlyForTheOwner() throws IOException {
    Path path = parent.resolve("data");
    Endpoints endpoints =
        Endpoints.ofThisProcess(
            "1",
            List.of("edge"),
            Map.of(
                "rtmp", new Endpoints.Endpoint("localhost", 1935, "rtmp://localhost:1935/live")));

    try (DataDirectory data = DataDirectory.open(path)) {
      data.write(endpoints);

      assertThat(Endpoints.read(path)).contains(endpoints);
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(path.resolve("endpoints.json"))))
          .isEqualTo("rw-------");
      assertThat(path.resolve("endpoints.json.new")).doesNotExist();
    }

    assertThat(Endpoints.read(path)).isEmpty();
  }

  @Test
  void forgetsTheAddressesOfAProcessThatIsNoMore() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path path = Files.createDirectory(parent.resolve("data"));
    Endpoints of = new Endpoints(ended.pid(), null, "1", List.of(), Map.of());
    Files.writeString(path.resolve(Endpoints.FILE), of.toJson());

    assertThat(Endpoints.read(path)).isEmpty();
  }

  @Test
  void forgetsTheAddressesOfAProcessWhosePidAnotherHasNow() throws Exception {
    Path path = Files.createDirectory(parent.resolve("data"));
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      long startTicks = ProcessStat.of(other.pid()).orElseThrow().startTicks();

      assertThat(read(path, other.pid(), startTicks)).isPresent();
      assertThat(read(path, other.pid(), startTicks - 1)).isEmpty();
      assertThat(read(path, other.pid(), null)).isPresent();
      Files.writeString(
          path.resolve(Endpoints.FILE),
          "{\"pid\":%d,\"version\":\"1\",\"roles\":[],\"addresses\":{}}".formatted(other.pid()));
      assertThat(Endpoints.read(path)).isPresent(); // of a version that did not tell the start
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void forgetsTheAddressesOfAProcessThatOnlyWaitsForItsParent() throws Exception {
    Path path = Files.createDirectory(parent.resolve("data"));
    // The shell becomes a program that takes no notice of the child's end.
    Process unheeding = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 60").start();
    try (BufferedReader output = unheeding.inputReader()) {
      long pid = Long.parseLong(output.readLine());
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z "));

      assertThat(ProcessHandle.of(pid)).isPresent();
      assertThat(read(path, pid, null)).isEmpty();
    } finally {
      unheeding.destroyForcibly();
    }
  }

  private static Optional<Endpoints> read(Path directory, long pid, @Nullable Long startTicks)
      throws IOException {
    Endpoints endpoints = new Endpoints(pid, startTicks, "1", List.of(), Map.of());
    Files.writeString(directory.resolve(Endpoints.FILE), endpoints.toJson());
    return Endpoints.read(directory);
  }

  @Test
  void keepsTheNodesName() {
    Path path = parent.resolve("data");
    String first;
    try (DataDirectory data = DataDirectory.open(path)) {
      first = data.nodeId();
    }
    try (DataDirectory data = DataDirectory.open(path)) {
      assertThat(data.nodeId()).isEqualTo(first).startsWith("node-");
    }
  }

  @Test
  void endsChildrenThatWereLeftButNoProcessThatTookTheirNumber() throws Exception {
    Process left = new ProcessBuilder("sleep", "60").start();
    Process other = new ProcessBuilder("sleep", "60").start();
    try (DataDirectory data = DataDirectory.open(parent.resolve("data"))) {
      data.children().remember("left", left.toHandle());
      data.children().remember("other", other.toHandle());
      Path otherFile = data.resolve("run").resolve("other.pid");
      Files.writeString(otherFile, other.pid() + " 12345\n");

      int ended = data.children().endLeftovers();

      assertThat(ended).isEqualTo(1);
      assertThat(left.waitFor(5, TimeUnit.SECONDS)).isTrue();
      assertThat(other.isAlive()).isTrue();
      assertThat(otherFile).doesNotExist();
    } finally {
      left.destroyForcibly();
      other.destroyForcibly();
    }
  }
}
