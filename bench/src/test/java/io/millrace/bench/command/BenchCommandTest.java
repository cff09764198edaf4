package io.millrace.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.command.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
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

  @Test
  void floodsAreClosedAndTheLiveChannelLosesNothing() {
    JsonNode result =
        answer(
            "bench",
            "flood",
            "--connections=45",
            "--settle=2",
            "--warm-up=0",
            "--recovery=0",
            "RTMP_RANDOM_BYTES",
            "RTMP_HALF_HANDSHAKE",
            "RTMP_HUGE_CHUNK_SIZE",
            "RTMP_MANY_MESSAGES",
            "RTMP_DEEP_AMF",
            "HTTP_ENDLESS_HEADERS",
            "HTTP_RAPID_RESET",
            "HTTP_PINGS",
            "CONTROL_ENDLESS_HEADERS");

    assertThat(result.path("attacks").size()).isEqualTo(9);
    assertThat(result.path("leftOpen").asInt()).as("%s", result).isZero();
    assertThat(result.path("datagrams").asLong()).isPositive();
    assertThat(result.path("processes").size()).isEqualTo(2);
    for (JsonNode process : result.path("processes")) {
      assertThat(process.path("lostSamples").asLong()).as("%s", result).isZero();
      assertThat(process.path("failure").asString()).as("%s", result).isEmpty();
      assertThat(process.path("partsRead").asLong()).isPositive();
    }
  }

  private static JsonNode run(String... command) {
    StringWriter err = new StringWriter();
    StringWriter out = new StringWriter();

    int status = execute(out, err, command);

    assertThat(status).as(err + "" + out).isZero();
    return JsonMapper.shared().readTree(out.toString());
  }

  /** What it answers, whatever its status says of the figures. */
  private static JsonNode answer(String... command) {
    StringWriter err = new StringWriter();
    StringWriter out = new StringWriter();

    execute(out, err, command);

    assertThat(out.toString()).as(err.toString()).isNotEmpty();
    return JsonMapper.shared().readTree(out.toString());
  }

  private static int execute(StringWriter out, StringWriter err, String... command) {
    String[] asJson = new String[command.length + 1];
    System.arraycopy(command, 0, asJson, 0, command.length);
    asJson[command.length] = "--json";
    return Millrace.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(asJson);
  }
}
