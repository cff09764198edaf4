package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule finds the fault that is planted for it, and passes the stream without it. */
class RulesTest {
  private static final Map<Twin, Report> TWINS = new EnumMap<>(Twin.class);

  static Stream<RuleCase> cases() {
    return Stream.of(
            HlsCases.all(),
            MultivariantCases.all(),
            SteeringCases.all(),
            ServerCases.all(),
            CmafCases.all(),
            DashCases.all())
        .flatMap(List::stream);
  }

  @Test
  void everyRuleHasACase() {
    Set<Rule> cased = cases().map(RuleCase::rule).collect(Collectors.toSet());

    assertThat(EnumSet.allOf(Rule.class)).allMatch(cased::contains);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void findsTheFaultAndPassesTheTwin(RuleCase each) throws Exception {
    Report twin = twin(each);
    Report fault = each.runFault();

    assertThat(twin.looks(each.rule())).as("the twin makes it look").isPositive();
    assertThat(twin.results().stream().flatMap(result -> result.findings().stream()))
        .as("the twin breaks nothing")
        .isEmpty();
    assertThat(fault.broken(each.rule())).as("finds the fault").isPositive();
  }

  @Test
  void aSegmentThatGoesOnWhereItsEndWasHintedHasNoWrongAddress() throws Exception {
    RuleCase goesOn =
        RuleCase.hls(
            Rule.HLS_HINT_ABANDONED,
            origin ->
                origin.playlist(
                    (_, text) ->
                        Pattern.compile("TYPE=PART,URI=\"(\\d+)\\.3\\.m4s")
                            .matcher(text)
                            .replaceAll(
                                hint ->
                                    "TYPE=PART,URI=\"%d.0.m4s"
                                        .formatted(Long.parseLong(hint.group(1)) + 1))));

    Report report = goesOn.runFault();

    assertThat(report.broken(Rule.HLS_HINT_ABANDONED)).isPositive();
    assertThat(report.broken(Rule.HLS_HINT_URI)).isZero();
  }

  @Test
  void aSegmentThatCallsItselfNoneMayBeginAnyhow() throws Exception {
    RuleCase unbranded =
        RuleCase.hls(
            Rule.CMAF_SEGMENT_BRANDS,
            origin ->
                origin.chunk(
                    (place, chunk) -> {
                      CmafCases.endless(place, chunk);
                      chunk.before = TestBoxes.styp("cmfl", "msdh");
                    }));

    assertThat(unbranded.runFault().broken(Rule.CMAF_SEGMENT_BRANDS)).isZero();
  }

  @Test
  void whatThisMachineKeptWaitingIsNoFaultOfTheServer() throws Exception {
    RuleCase late =
        cases().filter(each -> each.rule() == Rule.HLS_PART_PACE).findFirst().orElseThrow();
    FakeOrigin stalled =
        new FakeOrigin() {
          @Override
          public long stalledNs(long fromNs, long toNs) {
            return toNs - fromNs;
          }
        };
    late.fault().accept(stalled);

    Report excused = late.run(stalled);

    assertThat(excused.looks(Rule.HLS_PART_PACE)).isPositive();
    assertThat(excused.broken(Rule.HLS_PART_PACE)).isZero();
    assertThat(late.runFault().broken(Rule.HLS_PART_PACE)).isPositive();
  }

  private static Report twin(RuleCase each) throws InterruptedException {
    if (!TWINS.containsKey(each.twin())) {
      TWINS.put(each.twin(), each.runTwin());
    }
    return TWINS.get(each.twin());
  }
}
