package io.millrace.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a person reads who mistypes. */
class MillraceTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void namesTheNearestCommand() {
    assertThat(run("upp")).isEqualTo(2);
    assertThat(err.toString()).containsPattern("'upp'.*Did you mean up\\?.*--help").hasLineCount(1);
  }

  @Test
  void namesTheRolesAsTheyAreWritten() {
    assertThat(run("node", "--roles", "edge,viewer")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--roles", "\"viewer\" is not one of ingest, packager, origin, edge, control")
        .hasLineCount(1);
    assertThat(run("node", "--help")).isZero();
    assertThat(out.toString().replaceAll("\\s+", " "))
        .contains("What this node does: ingest, packager, origin, edge, control; several");
  }

  @Test
  void tellsItsVersionAsCommandAndAsOption() {
    assertThat(run("version")).isZero();
    String command = out.toString();
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).isEqualTo(command + command).contains("Millrace ", "Java ");
  }

  private int run(String... arguments) {
    CommandLine commandLine = Millrace.commandLine();
    return commandLine
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
