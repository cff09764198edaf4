package io.millrace.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.acceptance.Browser;
import io.millrace.server.command.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each benchmark runs, and what it measures shows that the mechanism works: the limits are those
 * that a busy machine keeps too. What a quiet one reaches is for the benchmark to tell.
 */
class BenchCommandTest {
  private static final double FRAME_MS = 1_000 / 30.0;
  private static final double READY_AGAIN_WITHIN_S = 30;
  private static final double STOPPED_WITHIN_S = 10;

  /** Far above what a first flood loads and fills, far below what its connections could leave. */
  private static final long MOST_GROWTH = 32 << 20;

  private static final double EDGE_BACK_WITHIN_S = 30;

  @Test
  void latencyMeasuresEveryPartItWasAskedFor() {
    JsonNode result = run("bench", "latency", "--parts", "20");

    assertThat(result.path("parts").asInt()).isEqualTo(20);
    // A part that waited for the sample after its last would be a frame late.
    assertThat(result.path("p50Ms").asDouble()).as("%s", result).isBetween(0.01, FRAME_MS);
    assertThat(result.path("echoP50Ms").asDouble()).isPositive();
  }

  @Test
  void channelsLoseNoSample() {
    JsonNode result =
        run("bench", "channels", "--channels", "4", "--seconds", "5", "--warm-up", "3");

    assertThat(result.path("lostSamples").asLong()).as("%s", result).isZero();
    assertThat(result.path("failures")).as("%s", result).isEmpty();
    assertThat(result.path("partsRead").asLong()).isGreaterThan(4 * 2 * 5 * 2);
    assertThat(result.path("nodes").size()).isEqualTo(3);
  }

  @Test
  void idleTellsTimeAndMemory() {
    JsonNode result = run("bench", "idle", "--seconds", "2", "--settle", "6");

    assertThat(result.path("residentMiB").asLong()).isPositive();
    assertThat(result.path("postgresResidentMiB").asLong()).as("%s", result).isPositive();
    assertThat(result.path("heapUsedMiB").asLong()).isPositive();
    // No thread spins while nothing is live.
    assertThat(result.path("corePercent").asDouble()).as("%s", result).isBetween(0.01, 60.0);
  }

  @Test
  void startTellsEachStartAndEachReturnOfTheEdge() {
    JsonNode result = run("bench", "start", "--starts", "2", "--kills", "1");

    List<Double> ready = seconds(result.path("readySeconds"));
    assertThat(ready).as("%s", result).hasSize(2);
    assertThat(ready.getLast()).as("%s", result).isBetween(0.1, READY_AGAIN_WITHIN_S);
    assertThat(seconds(result.path("stopSeconds")))
        .as("%s", result)
        .hasSize(2)
        .allMatch(stop -> stop <= STOPPED_WITHIN_S);
    assertThat(seconds(result.path("edgeRestartSeconds")))
        .as("%s", result)
        .hasSize(1)
        .allMatch(back -> back <= EDGE_BACK_WITHIN_S);
  }

  /** The other players are not part of the pages, and restarts have tests of their own. */
  @Test
  @EnabledIfSystemProperty(
      named = "millrace.bench.commands",
      matches = "all",
      disabledReason = "a minute of its own: -Dmillrace.bench.commands=all")
  void playersTellWhatAViewerGets() {
    Browser.require();

    JsonNode result =
        run("bench players --player hlsjs --seconds 3 --settle 1 --back 0 --no-restart".split(" "));

    JsonNode player = result.path("players").path(0);
    assertThat(player.path("faults")).as("%s", result).isEmpty();
    assertThat(player.path("heardOfTheMark").asBoolean()).as("%s", result).isTrue();
    JsonNode latencyMs = player.path("told").path("latencyMs");
    assertThat(latencyMs.path("programDateTime").path("samples").asInt()).isPositive();
    assertThat(latencyMs.path("picture").path("samples").asInt()).as("%s", result).isPositive();
  }

  /** Whether a MUST is broken is for the long run to tell. */
  @Test
  @EnabledIfSystemProperty(
      named = "millrace.bench.commands",
      matches = "all",
      disabledReason = "a minute of its own: -Dmillrace.bench.commands=all")
  void conformanceTellsEachEventAndEachRule() {
    JsonNode result = answer("bench", "conformance", "--seconds", "25", "--jitter", "5000");

    assertThat(result.path("events").size()).as("%s", result).isEqualTo(8);
    assertThat(result.path("rules").size()).isGreaterThan(100);
    List<String> looked =
        result.path("rules").valueStream().map(rule -> rule.path("rule").asString()).toList();
    assertThat(looked).contains("HLS-PART-PACE", "CMAF-SAME-BYTES", "DASH-S-KEPT");
  }

  @Test
  void floodsAreClosedAndTheLiveChannelLosesNothing() {
    JsonNode result =
        answer(
            "bench",
            "flood",
            "--connections=25",
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
            "HTTP_PRIORITIES",
            "HTTP_UNTAKEN_ANSWERS",
            "CONTROL_ENDLESS_HEADERS",
            "CONTROL_ENDLESS_CHUNK",
            "GRPC_UNFINISHED_MESSAGES",
            "GRPC_HELD_MESSAGE");

    assertThat(result.path("attacks").size()).isEqualTo(14);
    assertThat(result.path("leftOpen").asInt()).as("%s", result).isZero();
    assertThat(result.path("datagrams").asLong()).isPositive();
    assertThat(result.path("processes").size()).isEqualTo(2);
    for (JsonNode process : result.path("processes")) {
      assertThat(process.path("lostSamples").asLong()).as("%s", result).isZero();
      assertThat(process.path("failure").asString()).as("%s", result).isEmpty();
      assertThat(process.path("partsRead").asLong()).isPositive();
      assertThat(growth(process.path("heapBytes"))).as("%s", result).isLessThan(MOST_GROWTH);
      assertThat(growth(process.path("directBytes"))).as("%s", result).isLessThan(MOST_GROWTH);
    }
  }

  private static long growth(JsonNode readings) {
    List<Long> each = readings.valueStream().map(JsonNode::asLong).toList();
    assertThat(each).as("before and after").hasSize(2).allSatisfy(e -> assertThat(e).isPositive());
    return each.getLast() - each.getFirst();
  }

  private static List<Double> seconds(JsonNode list) {
    return list.valueStream().map(JsonNode::asDouble).toList();
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
