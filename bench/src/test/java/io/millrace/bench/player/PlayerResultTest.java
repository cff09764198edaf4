package io.millrace.bench.player;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.ServerException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PlayerResultTest {
  private static final String PLAYED = "\"seconds\": 12, \"playedSeconds\": 12, \"goesOn\": true";

  private static final String ALL =
      """
      {
        "player": "hlsjs", "startSeconds": 1.25, "targetSeconds": 0.6, %s, "stalls": 0, "totalFrames": 360, "decodedSoundBytes": 120000,
        "latencyMs": { "programDateTime": { "p50": 821, "p95": 1240 } },
        "rewind": { "wentBack": true, "landedSecondsBack": 19.96, "played": true, "returned": true },
        "returned": { %s, "stalls": 1 },
        "restart": { "stoodStillSeconds": 3.21, "stoodAtEnd": false, "reloads": 0, "samePlayer": true },
        "restarted": { %s },
        "marks": [ { "id": "7", "kind": "com.example.mark" } ],
        "allErrors": [ "bufferStalledError" ],
        "warnings": [ "slow" ]
      }
      """
          .formatted(PLAYED, PLAYED, PLAYED);

  private static PlayerResult result(String json) {
    return new PlayerResult(JsonMapper.shared().readTree(json));
  }

  @Test
  void tellsWhatAViewerGot() {
    PlayerResult result = result(ALL);

    assertThat(result.faults()).isEmpty();
    assertThat(result.latency("programDateTime")).isEqualTo("0.82 / 1.24 s");
    assertThat(result.target()).isEqualTo("0.60 s");
    assertThat(result.start()).isEqualTo("1.3 s");
    assertThat(result.latency("picture")).isEqualTo("-");
    assertThat(result.stalls()).isEqualTo("0 + 1");
    assertThat(result.rewind()).isEqualTo("20.0 s and back");
    assertThat(result.restart()).isEqualTo("stood 3.2 s");
    assertThat(result.heard("com.example.mark")).isTrue();
    assertThat(result.heard("com.example.other")).isFalse();
    assertThat(result.errors()).containsExactly("bufferStalledError");
    assertThat(result.warnings()).containsExactly("slow");
    assertThat(result.frames()).isEqualTo(360);
    assertThat(result.soundBytes()).isEqualTo(120_000);
  }

  @Test
  void namesEachFault() {
    Map<String, String> faults =
        Map.of(
            "\"samePlayer\": true", "\"samePlayer\": false",
            "\"reloads\": 0", "\"reloads\": 1",
            "\"stoodAtEnd\": false", "\"stoodAtEnd\": true",
            "\"returned\": true", "\"returned\": false",
            "\"goesOn\": true", "\"goesOn\": false",
            "\"bufferStalledError\"", "\"fatal bufferAppendError\"");

    faults.forEach(
        (good, bad) -> assertThat(result(ALL.replace(good, bad)).faults()).as(bad).isNotEmpty());
    assertThat(PlayerResult.failed("no picture").faults())
        .containsExactly("did not play: no picture");
  }

  @Test
  void whatIsMissingIsNamedWithItsMend() {
    assertThatThrownBy(() -> BrowserTools.find(List.of(), Map.of("CHROMIUM", "/nowhere/chromium")))
        .isInstanceOf(ServerException.class)
        .hasMessage(
            "no browser at /nowhere/chromium: apt-get install chromium, or name one in CHROMIUM");
  }
}
