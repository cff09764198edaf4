package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.RenditionView;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocking playlist reload, case by case (RFC 8216bis 6.2.5.2). */
class ReloadRulesTest {
  /** 3 s of parts, the Advance Part Limit, are 15 of these. */
  private static final Duration PART_TARGET = Duration.ofMillis(210);

  /** Segments 0 to 9 with five parts each, and so many parts of segment 10. */
  private static String decide(int openParts, boolean ended, String query, Duration partTarget) {
    PublishedStream stream = new PublishedStream(PublishedStream.channelId(1), 6);
    try (Windows windows = new Windows(stream.channel())) {
      windows
          .feed(stream.open())
          .feed(stream.partTarget(partTarget))
          .feed(stream.segments(10))
          .feed(stream.parts(openParts));
      if (ended) {
        windows.feed(stream.end());
      }
      RenditionView video =
          Objects.requireNonNull(windows.window.view().newest().orElseThrow().rendition("v1"));
      return switch (ReloadRules.decide(video, ReloadDirectives.parse(query))) {
        case ReloadDecision.Answer _ -> "answer";
        case ReloadDecision.Wait _ -> "wait";
        case ReloadDecision.Refuse(String reason) -> {
          assertThat(reason).startsWith("_HLS_");
          yield "refuse";
        }
      };
    }
  }

  @ParameterizedTest(name = "{1} with {0} parts of segment 10: {2}")
  @CsvSource({
    // Nothing asked for, or nothing that this playlist knows.
    "2, '', answer",
    "2, _HLS_skip=YES, answer",
    "2, _HLS_skip=sometimes, answer",
    "2, _HLS_other=1, answer",
    "2, x=1&y, answer",
    // A segment, whole: there, gone, open, next, and too far.
    "2, _HLS_msn=9, answer",
    "2, _HLS_msn=0, answer",
    "2, _HLS_msn=10, wait",
    "0, _HLS_msn=10, wait",
    "2, _HLS_msn=11, wait",
    "2, _HLS_msn=12, refuse",
    "0, _HLS_msn=12, refuse",
    "2, _HLS_msn=999999999999999999, refuse",
    // A part of a segment that is complete; past its last it means the next segment's first.
    "2, _HLS_msn=9&_HLS_part=0, answer",
    "2, _HLS_msn=9&_HLS_part=4, answer",
    "2, _HLS_msn=9&_HLS_part=5, answer",
    "0, _HLS_msn=9&_HLS_part=4, answer",
    "0, _HLS_msn=9&_HLS_part=5, wait",
    "0, _HLS_msn=9&_HLS_part=500, wait",
    "2, _HLS_msn=9&_HLS_part=500, answer",
    "0, _HLS_msn=8&_HLS_part=5, answer",
    "0, _HLS_msn=0&_HLS_part=7, answer",
    // A part of the open segment: there, next, ahead up to the limit, and past it.
    "2, _HLS_msn=10&_HLS_part=1, answer",
    "2, _HLS_msn=10&_HLS_part=2, wait",
    "2, _HLS_msn=10&_HLS_part=16, wait",
    "2, _HLS_msn=10&_HLS_part=17, refuse",
    "0, _HLS_msn=10&_HLS_part=0, wait",
    "0, _HLS_msn=10&_HLS_part=14, wait",
    "0, _HLS_msn=10&_HLS_part=15, refuse",
    // A part of the segment after it.
    "2, _HLS_msn=11&_HLS_part=0, wait",
    "2, _HLS_msn=11&_HLS_part=14, wait",
    "2, _HLS_msn=11&_HLS_part=15, refuse",
    // What no client may send.
    "2, _HLS_part=1, refuse",
    "2, _HLS_part=1&_HLS_skip=YES, refuse",
    "2, _HLS_msn=, refuse",
    "2, _HLS_msn, refuse",
    "2, _HLS_msn=x, refuse",
    "2, _HLS_msn=-1, refuse",
    "2, _HLS_msn=1.5, refuse",
    "2, _HLS_msn=%31, refuse",
    "2, _HLS_msn=+1, refuse",
    "2, _HLS_msn=1000000000000000000, refuse",
    "2, _HLS_msn=10&_HLS_part=, refuse",
    "2, _HLS_msn=10&_HLS_part=-1, refuse",
    "2, _HLS_msn=10&_HLS_part=99999999999, refuse",
    // Order and repetition do not matter; the last counts.
    "2, _HLS_part=2&_HLS_msn=10, wait",
    "2, _HLS_skip=v2&_HLS_part=1&_HLS_msn=10, answer",
    "2, _HLS_msn=10&_HLS_msn=9, answer",
  })
  void decides(int openParts, String query, String decision) {
    assertThat(decide(openParts, /* ended= */ false, query, PART_TARGET)).isEqualTo(decision);
  }

  @ParameterizedTest
  @CsvSource({"_HLS_msn=12", "_HLS_part=1", "_HLS_msn=x", "_HLS_msn=10&_HLS_part=9"})
  void ignoresDirectivesOfAPlaylistThatHasEnded(String query) {
    assertThat(decide(2, /* ended= */ true, query, PART_TARGET)).isEqualTo("answer");
  }

  @ParameterizedTest
  @CsvSource({"1000, 3", "2000, 3", "999, 4", "500, 6", "210, 15", "52, 58"})
  void partsCanBeAskedForThreeSecondsAhead(long partTargetMs, int limit) {
    Duration target = Duration.ofMillis(partTargetMs);
    String last = "_HLS_msn=10&_HLS_part=" + (limit - 1);
    String more = "_HLS_msn=10&_HLS_part=" + limit;

    assertThat(decide(0, /* ended= */ false, last, target)).isEqualTo("wait");
    assertThat(decide(0, /* ended= */ false, more, target)).isEqualTo("refuse");
  }

  @ParameterizedTest
  @CsvSource({
    "_HLS_skip=YES, SEGMENTS",
    "_HLS_skip=v2, SEGMENTS_AND_DATE_RANGES",
    "_HLS_skip=V2, NOTHING",
    "_HLS_skip=, NOTHING",
    "_HLS_msn=1, NOTHING",
    "_HLS_msn=1&_HLS_part=2&_HLS_skip=YES, SEGMENTS"
  })
  void saysWhatADeltaLeavesOut(String query, ReloadDirectives.Skip skip) {
    assertThat(ReloadDirectives.parse(query).skip()).isEqualTo(skip);
  }
}
