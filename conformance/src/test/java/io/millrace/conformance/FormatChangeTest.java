package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A multivariant playlist is read again, and has to name what is listed, no longer. */
class FormatChangeTest {
  private static final Duration UNTIL_THE_OLD_IS_GONE = Duration.ofSeconds(40);

  private final FakeOrigin origin = Twin.NEW_FORMAT.origin();

  private Report run() throws InterruptedException {
    return new StreamCheck(
            origin, CheckOptions.lasting(UNTIL_THE_OLD_IS_GONE), StreamCheck.Turns.IN_ROTATION)
        .run(Twin.NEW_FORMAT.addresses());
  }

  @Test
  void whatIsListedNoLongerNeedsNoName() throws Exception {
    Report report = run();

    assertThat(report.results().stream().flatMap(result -> result.findings().stream())).isEmpty();
    assertThat(report.looks(Rule.HLS_CODECS)).isPositive();
  }

  @Test
  void aFormatThatLosesItsNameWhileItIsListedIsFound() throws Exception {
    origin.multivariantEdits.add(
        (_, text) ->
            origin.sinceNs() > 12 * FakeOrigin.SECOND_NS ? text.replace("avc1.64001F,", "") : text);

    assertThat(run().broken(Rule.HLS_CODECS)).isPositive();
  }

  @Test
  void aRenditionThatIsNamedLaterIsFollowedToo() throws Exception {
    origin.multivariantEdits.add(
        (_, text) ->
            origin.sinceNs() < 2 * FakeOrigin.SECOND_NS
                ? text.replaceAll("#EXT-X-MEDIA.*\n", "").replace(",AUDIO=\"audio\"", "")
                : text);
    long[] asked = {0};
    origin.playlist(
        (request, text) -> {
          asked[0] += request.rendition().equals("a") && !request.query().isEmpty() ? 1 : 0;
          return text;
        });

    run();

    assertThat(asked[0]).isGreaterThan(20);
  }

  @Test
  void aMultivariantPlaylistThatIsGoneIsFound() throws Exception {
    origin.reply(
        (request, reply) -> {
          if (request.uri().equals(FakeOrigin.HLS) && origin.sinceNs() > FakeOrigin.SECOND_NS) {
            reply.status = 404;
          }
        });

    assertThat(run().broken(Rule.HLS_PLAYLIST_AVAILABLE)).isPositive();
  }
}
