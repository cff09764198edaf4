package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Report;
import io.millrace.conformance.Rule;
import io.millrace.conformance.Severity;
import io.millrace.conformance.StreamCheck;
import io.millrace.conformance.http.JdkFetcher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What viewers get keeps the standards, as {@code check stream} judges it. */
class ConformanceTest {
  private static final Duration LENGTH = Duration.ofSeconds(8);

  /** A busy machine delays the encoder: paces are judged with that. */
  private static final Duration JITTER = Duration.ofSeconds(5);

  @TempDir private Path directory;

  @Test
  void theStreamBreaksNoMust() throws Exception {
    Ffmpeg.require();
    try (Stage stage = Stage.start(directory, Ffmpeg.clip(), "checked");
        JdkFetcher fetcher = new JdkFetcher()) {
      CheckOptions options = new CheckOptions(LENGTH, JITTER, CheckOptions.MAX_RENDITIONS);

      Report report =
          new StreamCheck(fetcher, options)
              .run(
                  List.of(
                      URI.create(stage.edge() + "/live/checked/index.m3u8"),
                      URI.create(stage.edge() + "/live/checked/manifest.mpd")));

      assertThat(report.broken(Severity.MUST)).isEmpty();
      assertThat(
              EnumSet.of(
                  Rule.HLS_PART_PACE,
                  Rule.HLS_BLOCK_PAST_PART,
                  Rule.HLS_DELTA,
                  Rule.HLS_HINT_WHOLE,
                  Rule.HLS_REPORT_TRUE,
                  Rule.HLS_SEGMENT_PARTS,
                  Rule.HLS_CODECS,
                  Rule.CMAF_DECODE_TIMES,
                  Rule.CMAF_SYNC_SAMPLE))
          .allMatch(rule -> report.looks(rule) > 0);
    }
  }
}
