package io.millrace.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.command.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each benchmark runs and measures; how much is for the benchmark itself to tell. */
class BenchCommandTest {
  @Test
  void latencyMeasuresEveryPartItWasAskedFor() {
    JsonNode result = run("bench", "latency", "--parts", "20");

    assertThat(result.path("parts").asInt()).isEqualTo(20);
    assertThat(result.path("p50Ms").asDouble()).isPositive();
    assertThat(result.path("echoP50Ms").asDouble()).isPositive();
  }

  @Test
  void channelsLoseNoSample() {
    JsonNode result = run("bench", "channels", "--channels", "4", "--seconds", "5");

    assertThat(result.path("lostSamples").asLong()).as("%s", result).isZero();
    assertThat(result.path("failures")).as("%s", result).isEmpty();
    assertThat(result.path("partsRead").asLong()).isGreaterThan(4 * 2 * 5 * 4);
    assertThat(result.path("nodes").size()).isEqualTo(3);
  }

  @Test
  void idleTellsTimeAndMemory() {
    JsonNode result = run("bench", "idle", "--seconds", "2", "--settle", "1");

    assertThat(result.path("residentMiB").asLong()).isPositive();
    assertThat(result.path("heapUsedMiB").asLong()).isPositive();
    assertThat(result.has("corePercent")).isTrue();
  }

  @Test
  void startTellsEachStartAndEachReturnOfTheEdge() {
    JsonNode result = run("bench", "start", "--starts", "2", "--kills", "1");

    assertThat(result.path("readySeconds").size()).isEqualTo(2);
    assertThat(result.path("stopSeconds").size()).isEqualTo(2);
    assertThat(result.path("edgeRestartSeconds").get(0).asDouble()).isPositive();
  }

  private static JsonNode run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Millrace.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] asJson = new String[command.length + 1];
    System.arraycopy(command, 0, asJson, 0, command.length);
    asJson[command.length] = "--json";

    int status = line.execute(asJson);

    assertThat(status).as(err.toString()).isZero();
    return JsonMapper.shared().readTree(out.toString());
  }
}
