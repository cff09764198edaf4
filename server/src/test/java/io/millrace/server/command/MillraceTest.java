package io.millrace.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
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
  void readsTheTimeATokenLastsWithAndWithoutAUnit() throws Exception {
    Seconds seconds = new Seconds();

    assertThat(seconds.convert("90")).isEqualTo(90);
    assertThat(seconds.convert("15m")).isEqualTo(900);
    assertThat(new Milliseconds().convert("250")).isEqualTo(250);
    assertThat(run("node", "token", "--ttl", "soon")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--ttl", "\"soon\" (expected: a time such as 90s or 15m)")
        .hasLineCount(1);
  }

  @Test
  void tellsNumbersFromStringsInTheAttributesOfADateRange() {
    assertThat(ChannelMark.value("1.50")).isEqualTo(new BigDecimal("1.50"));
    assertThat(ChannelMark.value("007")).isEqualTo(new BigDecimal("7"));
    assertThat(ChannelMark.value("\"007\"")).isEqualTo("007");
    assertThat(ChannelMark.value("0xFC")).isEqualTo("0xFC");
    assertThat(ChannelMark.value("-1")).isEqualTo("-1");
    assertThat(ChannelMark.value("")).isEqualTo("");
    assertThat(run("channel", "mark", "studio", "--attribute", "X-A")).isEqualTo(2);
    assertThat(run("channel", "mark", "--help")).isZero();
    assertThat(out.toString()).contains("NAME=VALUE", "SCTE35-OUT");
  }

  @Test
  void tellsOfAnIdOnlyWhereAChannelIsThere() {
    assertThat(run("channel", "create", "--help")).isZero();
    assertThat(out.toString()).contains("NAME").doesNotContain("its id");
    assertThat(run("channel", "show", "--help")).isZero();
    assertThat(out.toString()).contains("The channel's name, or its id.");
  }

  @Test
  void tellsItsVersionAsCommandAndAsOption() {
    assertThat(run("version")).isZero();
    String command = out.toString();
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).isEqualTo(command + command).contains("Millrace ", "Java ");
  }

  @Test
  void checksStreamsByTheRulesThatItPrints() {
    assertThat(run("check", "stream", "--rules")).isZero();
    assertThat(out.toString())
        .containsPattern("HLS-PART-DURATION +MUST +RFC 8216bis 4\\.4\\.4\\.9 ")
        .containsPattern("DASH-S-CONTINUITY +SHOULD ");
    assertThat(run("check", "stream")).isEqualTo(2);
    assertThat(run("check", "stream", "--seconds", "0", "http://127.0.0.1/")).isEqualTo(2);
    assertThat(err.toString()).contains("--seconds: 0 (expected: from 1 to 86400)").hasLineCount(2);
    assertThat(run("check", "stream", "http://127.0.0.1:1/index.m3u8")).isEqualTo(1);
    assertThat(err.toString())
        .contains("millrace: http://127.0.0.1:1/index.m3u8: ")
        .hasLineCount(3);
    assertThat(run("check", "http://127.0.0.1/index.m3u8")).isEqualTo(1);
    assertThat(err.toString()).contains("check stream URL");
  }

  private int run(String... arguments) {
    CommandLine commandLine = Millrace.commandLine();
    return commandLine
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
