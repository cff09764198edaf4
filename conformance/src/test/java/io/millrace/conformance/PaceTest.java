package io.millrace.conformance;

import static io.millrace.conformance.FakeOrigin.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose pause it was, when a part or a segment came late. */
class PaceTest {
  private static final long LATER_NS = 4 * SECOND_NS;
  private static final long SILENT_FROM_NS = 64 * SECOND_NS;

  private static Report check(FakeOrigin origin) throws InterruptedException {
    return new RuleCase(Rule.HLS_SOURCE_PACE, Twin.AS_IT_IS, _ -> {}).run(origin);
  }

  private static FakeOrigin silent(long fromNs) {
    FakeOrigin origin = new FakeOrigin();
    ServerCases.silent(fromNs).fault().accept(origin);
    return origin;
  }

  private static FakeOrigin late(FakeOrigin origin, long byNs) {
    return origin.reply(
        (request, reply) -> {
          if (request.isPlaylist()
              && request.query().contains("_HLS_part")
              && origin.sinceNs() > LATER_NS) {
            reply.atNs += byNs;
          }
        });
  }

  private static Stream<Finding> found(Report report, Rule rule) {
    return report.results().stream()
        .filter(result -> result.rule() == rule)
        .flatMap(result -> result.findings().stream());
  }

  @Test
  void isTheServersWhereMediaWasThere() throws Exception {
    Report report = check(late(new FakeOrigin(), 4 * SECOND_NS));

    assertThat(report.broken(Rule.HLS_PART_PACE)).isPositive();
    assertThat(report.broken(Rule.HLS_SEGMENT_PACE)).isPositive();
    assertThat(report.looks(Rule.HLS_SOURCE_PACE)).isPositive();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isZero();
  }

  /** Between two parts, at the end of a segment, within a part, and within its last picture. */
  @ParameterizedTest
  @ValueSource(longs = {64_500, 64_000, 64_200, 64_480})
  void isTheSourcesWhereItWasSilent(long fromMs) throws Exception {
    Report report = check(silent(fromMs * 1_000_000));

    assertThat(report.broken(Rule.HLS_PART_PACE)).isZero();
    assertThat(report.broken(Rule.HLS_SEGMENT_PACE)).isZero();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isEqualTo(2);
    assertThat(found(report, Rule.HLS_SOURCE_PACE).map(Finding::seen))
        .allMatch(seen -> seen.matches("no media for (2\\.[5-9]|3\\.0)\\d\\d s or more"));
  }

  @Test
  void isBothOnesWhereTheServerTakesItsTimeAfterwards() throws Exception {
    Report report = check(late(silent(SILENT_FROM_NS), SECOND_NS * 3 / 2));

    assertThat(report.broken(Rule.HLS_PART_PACE)).isPositive();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isPositive();
  }

  @Test
  void isTheSourcesWhereGapsStandForWhatWasLost() throws Exception {
    FakeOrigin origin = Twin.WITH_GAPS.origin();
    ServerCases.silent(31 * 2 * SECOND_NS + FakeOrigin.PART_NS).fault().accept(origin);

    Report report = check(origin);

    assertThat(report.broken(Rule.HLS_PART_PACE)).isZero();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isEqualTo(2);
  }

  @Test
  void isTheServersWhereNothingSaysWhenMediaCame() throws Exception {
    FakeOrigin origin = silent(SILENT_FROM_NS);
    origin.chunk((_, chunk) -> chunk.before = new byte[0]);

    Report report = check(origin);

    assertThat(report.broken(Rule.HLS_PART_PACE)).isPositive();
    assertThat(report.broken(Rule.HLS_SEGMENT_PACE)).isPositive();
    assertThat(report.looks(Rule.HLS_SOURCE_PACE)).isZero();
  }

  @Test
  void theServersClockMayBeWrong() throws Exception {
    FakeOrigin origin = silent(SILENT_FROM_NS);
    origin.chunk(
        (place, chunk) -> {
          long partNs = (place.msn() * FakeOrigin.PARTS + place.part()) * FakeOrigin.PART_NS;
          chunk.before =
              TestBoxes.prft(
                  FakeOrigin.EPOCH.plusNanos(origin.sentNs(partNs)).plusSeconds(3_600),
                  chunk.decodeTime);
        });

    Report report = check(origin);

    assertThat(report.broken(Rule.HLS_PART_PACE)).isZero();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {3_600, -3_600})
  void aTimeThatCannotBeExcusesNothing(long bySeconds) throws Exception {
    Report report = ServerCases.lying(bySeconds * SECOND_NS).runFault();

    assertThat(report.broken(Rule.HLS_PART_PACE)).isPositive();
    assertThat(report.broken(Rule.HLS_SOURCE_PACE)).isZero();
  }
}
