package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSectionReader;
import io.millrace.conformance.mp4.SegmentReader;
import io.millrace.conformance.mp4.StreamAccess;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Init sections, media and codecs of every codec as the packager makes them: they break no rule,
 * and another profile or level in CODECS, or another codec, is found.
 */
class ClipTest {
  interface Source {
    PackagedClip packaged() throws Exception;
  }

  private static Named<Source> clip(String name) {
    return Named.of(name, () -> PackagedClip.of(name));
  }

  private static Named<Source> aac(String audioSpecificConfig) {
    return Named.of("AAC of " + audioSpecificConfig, () -> PackagedClip.ofAac(audioSpecificConfig));
  }

  static Stream<Named<Source>> clips() {
    return Stream.of(
        clip("hevc-flac"),
        clip("av1-opus"),
        clip("vp9-ac3"),
        clip("eac3"),
        clip("mp3"),
        // HE-AAC told before its core, and behind it.
        aac("2b118800"),
        aac("131056e598"));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(clip("hevc-flac"), "hvc1\\.2", "hvc1.1"),
        Arguments.of(clip("hevc-flac"), "\\.L30", ".L60"),
        Arguments.of(clip("hevc-flac"), "\\.L30", ".H30"),
        Arguments.of(clip("hevc-flac"), "fLaC", "Opus"),
        Arguments.of(clip("av1-opus"), "av01\\.0", "av01.1"),
        Arguments.of(clip("av1-opus"), "00M", "01M"),
        Arguments.of(clip("av1-opus"), "M\\.08", "M.10"),
        Arguments.of(clip("av1-opus"), "Opus", "mp4a.40.2"),
        Arguments.of(clip("vp9-ac3"), "vp09\\.00", "vp09.02"),
        Arguments.of(clip("vp9-ac3"), "\\.10\\.", ".11."),
        Arguments.of(clip("vp9-ac3"), "ac-3", "ec-3"),
        Arguments.of(clip("eac3"), "ec-3", "ac-3"),
        Arguments.of(clip("mp3"), "mp4a\\.6B", "mp4a.40.2"),
        Arguments.of(aac("2b118800"), "40\\.5", "40.2"),
        Arguments.of(aac("131056e598"), "40\\.5", "40.2"));
  }

  @ParameterizedTest
  @MethodSource("clips")
  void whatThePackagerMakesBreaksNoMust(Source source) throws Exception {
    PackagedClip clip = source.packaged();

    Report report = run(clip, UnaryOperator.identity());

    assertThat(report.broken(Severity.MUST)).isEmpty();
    assertThat(report.looks(Rule.HLS_CODECS)).isPositive();
    assertThat(report.looks(Rule.DASH_CODECS)).isPositive();
    assertThat(report.looks(Rule.CMAF_DECODE_TIMES)).isPositive();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anotherCodecProfileOrLevelIsFound(Source source, String regex, String by) throws Exception {
    PackagedClip clip = source.packaged();

    Report report = run(clip, codecs -> codecs.replaceAll(regex, by));

    assertThat(report.broken(Rule.HLS_CODECS)).isPositive();
    assertThat(report.broken(Rule.DASH_CODECS)).isPositive();
  }

  @Test
  void anOpenGroupIsOfType3() throws Exception {
    PackagedClip.Rendition hevc = PackagedClip.of("hevc-flac").renditions.get(1);
    Findings findings = new Findings();
    InitSection init = InitSectionReader.read(hevc.init, "init", findings).orElseThrow();

    List<Integer> types =
        hevc.segments.values().stream()
            .map(PackagedClip.Segment::bytes)
            .map(
                bytes ->
                    StreamAccess.typeOf(
                        bytes,
                        SegmentReader.read(bytes, init, "segment", findings),
                        init.tracks().getFirst()))
            .toList();

    assertThat(types).startsWith(StreamAccess.FIRST_SHOWN).contains(StreamAccess.OPEN);
  }

  private static Report run(PackagedClip clip, UnaryOperator<String> codecs)
      throws InterruptedException {
    return new StreamCheck(
            new ClipOrigin(clip, codecs),
            CheckOptions.lasting(Duration.ofSeconds(4)),
            StreamCheck.Turns.IN_ROTATION)
        .run(List.of(ClipOrigin.HLS, ClipOrigin.DASH));
  }
}
