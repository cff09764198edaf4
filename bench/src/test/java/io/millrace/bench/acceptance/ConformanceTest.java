package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Report;
import io.millrace.conformance.Rule;
import io.millrace.conformance.Severity;
import io.millrace.conformance.StreamCheck;
import io.millrace.conformance.http.JdkFetcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What viewers get keeps the standards, as {@code check stream} judges it, from the encoder to the
 * edge.
 *
 * <p>The encoder is killed meanwhile and comes back: paces, which no server can keep without it,
 * are judged with {@link #AWAY}. How late a server is by itself is for {@code bench conformance} to
 * tell, on a machine that does nothing else.
 *
 * <p>It is short: that every rule can fail is shown by the checker's own tests.
 */
class ConformanceTest {
  private static final Duration RECONNECTING = Duration.ofSeconds(20);

  /** Of the two renditions together. */
  private static final int FOLLOWED_SEGMENTS = 2;

  /** For how long there may be no encoder. */
  private static final Duration AWAY = Duration.ofSeconds(5);

  private static final Set<Rule> MET =
      EnumSet.of(
          Rule.HLS_PART_PACE,
          Rule.HLS_SEGMENT_PACE,
          Rule.HLS_BLOCK_PAST_PART,
          Rule.HLS_DELTA,
          Rule.HLS_HINT_WHOLE,
          Rule.HLS_REPORT_TRUE,
          Rule.HLS_SEGMENT_PARTS,
          Rule.HLS_CODECS,
          Rule.HLS_RESOLUTION,
          Rule.HLS_DATERANGE_DATES,
          Rule.HLS_DATERANGES_SAME,
          Rule.HLS_DATERANGE_KEPT,
          Rule.CMAF_DECODE_TIMES,
          Rule.CMAF_SYNC_SAMPLE,
          Rule.CMAF_SEGMENT_BRANDS,
          Rule.CMAF_SAME_BYTES,
          Rule.DASH_S_KEPT,
          Rule.DASH_PATCH,
          Rule.DASH_CODECS,
          Rule.DASH_START_WITH_SAP,
          Rule.DASH_SEGMENT_AVAILABLE,
          Rule.DASH_SEGMENT_TIME,
          Rule.DASH_SEGMENT_DURATION,
          Rule.DASH_PRFT);

  @TempDir private Path directory;

  @Test
  void theStreamBreaksNoMust() throws Exception {
    Ffmpeg.require();
    try (Stage stage = Stage.start(directory, Ffmpeg.clip(), "checked");
        JdkFetcher fetcher = new JdkFetcher()) {
      StreamCheck check = check(fetcher, RECONNECTING, AWAY);
      CompletableFuture<Void> reconnected =
          CompletableFuture.runAsync(
              () -> reconnect(stage, check), task -> Thread.ofVirtual().start(task));
      Report report = check.run(addresses(stage));

      assertThat(reconnected).isCompleted();
      assertThat(report.broken(Severity.MUST)).isEmpty();
      assertThat(MET).allMatch(rule -> report.looks(rule) > 0);
    }
  }

  private static StreamCheck check(JdkFetcher fetcher, Duration length, Duration jitter) {
    return new StreamCheck(fetcher, new CheckOptions(length, jitter, CheckOptions.MAX_RENDITIONS));
  }

  private static List<URI> addresses(Stage stage) {
    return List.of(
        URI.create(stage.edge() + "/live/checked/index.m3u8"),
        URI.create(stage.edge() + "/live/checked/manifest.mpd"));
  }

  /** Once both formats are followed: a discontinuity and a Period more. */
  private static void reconnect(Stage stage, StreamCheck check) {
    await()
        .atMost(RECONNECTING)
        .until(() -> check.report().looks(Rule.DASH_SEGMENT_TIME) > FOLLOWED_SEGMENTS);
    try {
      Site.command(stage.data(), "channel", "mark", "checked", "--attribute", "X-A=1");
      stage.killPublisher();
      stage.publishAgain();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
