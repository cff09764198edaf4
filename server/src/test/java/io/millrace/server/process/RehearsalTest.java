package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the script {@code build/rehearse} does around the JVM, which is a script here too. */
@Timeout(120)
final class RehearsalTest {
  private static final Path SCRIPT = Path.of("../build/rehearse").toAbsolutePath().normalize();

  @TempDir private Path parent;

  private Path built;
  private Path log;

  @BeforeEach
  void build() throws IOException {
    built = Files.createDirectory(parent.toRealPath().resolve("built"));
    log = built.resolve("rehearsal.log");
    Files.writeString(built.resolve("classpath"), "none");
  }

  private Process rehearsal(String jvm) throws IOException {
    Path java =
        Files.createFile(
            parent.resolve("java"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(java, "#!/bin/sh\n" + jvm);
    ProcessBuilder builder =
        new ProcessBuilder(List.of(SCRIPT.toString(), built.toString(), java.toString()))
            .redirectErrorStream(true);
    builder.environment().put("MILLRACE_CONTROL_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/x");
    return builder.start();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void usesNoSettingsOfTheOperatorsAndSaysOnceThatItFailed() throws Exception {
    Process failing = rehearsal("env; ls -A; echo \"in $(pwd -P)\"; exit 1\n");

    assertThat(output(failing).lines())
        .filteredOn(line -> line.contains("failed"))
        .singleElement()
        .asString()
        .endsWith(log.toString());
    assertThat(failing.waitFor()).isZero();
    assertThat(built.resolve("rehearsed")).exists();
    assertThat(built.resolve("rehearsal")).doesNotExist();
    assertThat(Files.readString(log))
        .contains("PATH=")
        .contains("in " + built)
        .doesNotContain("MILLRACE_", "millrace.yaml");
  }

  @Test
  void leavesNothingWhereItIsInterruptedAndIsTriedAgain() throws Exception {
    Process interrupted = rehearsal("trap '' TERM\nsleep 1000 &\necho \"$$ $!\"\nwait\n");
    await().until(() -> Files.exists(log) && Files.readString(log).endsWith("\n"));

    interrupted.destroy();

    assertThat(interrupted.waitFor()).isEqualTo(143);
    assertThat(built.resolve("rehearsed")).doesNotExist();
    assertThat(built.resolve("rehearsal")).doesNotExist();
    for (String pid : Files.readString(log).strip().split(" ", -1)) {
      await()
          .until(
              () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void keepsTheCache() throws Exception {
    Process rehearsing =
        rehearsal(
            """
            for argument; do
              case $argument in -XX:AOTCacheOutput=*) cache=${argument#*=} ;; esac
              if [ "$before" = --data ]; then data=$argument; fi
              before=$argument
            done
            mkdir -p "$data"
            trap 'echo cache >"$cache"; exit' TERM
            echo '{"edge.http":{"port":1}}' >"$data/endpoints.json"
            while :; do sleep 0.1; done
            """);

    assertThat(output(rehearsing).lines()).hasSize(1);
    assertThat(rehearsing.waitFor()).isZero();
    assertThat(built.resolve("rehearsed")).exists();
    assertThat(built.resolve("serve.aot")).hasContent("cache");
    assertThat(built.resolve("rehearsal")).doesNotExist();
  }
}
