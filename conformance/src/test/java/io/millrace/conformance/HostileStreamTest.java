package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.conformance.mp4.InitSection;
import io.millrace.conformance.mp4.InitSectionReader;
import io.millrace.conformance.mp4.SegmentReader;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What no player should have to read gives findings or a clear refusal, and an end. */
class HostileStreamTest {
  private final FakeOrigin origin = new FakeOrigin();

  private Report run(URI... addresses) throws InterruptedException {
    return new StreamCheck(
            origin, CheckOptions.lasting(Duration.ofSeconds(4)), StreamCheck.Turns.IN_ROTATION)
        .run(List.of(addresses));
  }

  @Test
  void refusesWhatCannotBeFollowed() {
    assertThatThrownBy(() -> run(URI.create("http://origin.test/nothing")))
        .isInstanceOf(ConformanceException.class)
        .hasMessageContaining("status 404 (expected: 200");
    assertThatThrownBy(() -> run(URI.create("file:///etc/passwd")))
        .hasMessageContaining("expected: http");
    assertThatThrownBy(() -> run(URI.create("http://origin.test/live/v/init.mp4")))
        .hasMessageContaining("neither a playlist nor an MPD");
    origin.multivariant("(?s).*", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n");
    assertThatThrownBy(() -> run(FakeOrigin.HLS)).hasMessageContaining("names no media playlist");
  }

  @Test
  void followsNoMoreRenditionsThanItIsTold() throws Exception {
    StringBuilder many = new StringBuilder("#EXTM3U\n");
    for (int i = 0; i < 10_000; i++) {
      many.append("#EXT-X-STREAM-INF:BANDWIDTH=1\nv/index.m3u8?").append(i).append('\n');
    }
    origin.multivariantEdits.add((_, _) -> many.toString());

    Report report = run(FakeOrigin.HLS);

    assertThat(report.broken(Rule.HLS_STREAM_INF_CODECS)).isEqualTo(10_000);
    assertThat(report.results().stream().mapToInt(result -> result.findings().size()))
        .allMatch(kept -> kept <= 10);
  }

  @Test
  void readsPlaylistsOfNonsense() throws Exception {
    Random random = new Random(7);
    origin.playlist(
        (_, text) -> {
          char[] characters = text.toCharArray();
          for (int i = 0; i < 20; i++) {
            characters[random.nextInt(characters.length)] = (char) random.nextInt(0x2000);
          }
          return new String(characters);
        });

    assertThat(run(FakeOrigin.HLS).ok()).isFalse();
  }

  @Test
  void readsPlaylistsOfManyLines() throws Exception {
    String many =
        "#EXT-X-PART:DURATION=0.5,URI=\"p\"\n".repeat(4_000)
            + "#EXTINF:1,\n1.m4s\n".repeat(4_000)
            + "#EXT-X-DATERANGE:ID=\"a\"\n".repeat(4_000);
    origin.playlist((_, text) -> text.replace("#EXT-X-PRELOAD-HINT", many + "#EXT-X-PRELOAD-HINT"));

    assertThat(run(FakeOrigin.HLS).ok()).isFalse();
  }

  @Test
  void refusesAnMpdWithADtd() {
    origin.mpd(
        "<MPD ", "<!DOCTYPE MPD [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><MPD ");

    assertThatThrownBy(() -> run(FakeOrigin.DASH)).hasMessageContaining("without DTD");
  }

  @Test
  void numbersThatDoNotFitAreFindings() throws Exception {
    origin.replace("MEDIA-SEQUENCE:\\d+", "MEDIA-SEQUENCE:99999999999999999999");
    origin.replace("LAST-MSN=\\d+", "LAST-MSN=-7");

    assertThat(run(FakeOrigin.HLS).broken(Rule.HLS_REPORT_ATTRIBUTES)).isPositive();
  }

  @Test
  void everyCutAndEveryWrongByteOfBoxesIsReadToAnEnd() {
    byte[] init = origin.init("v");
    byte[] part = origin.part("v", 7, 0);
    InitSection section = InitSectionReader.read(init, "init", new Findings()).orElseThrow();

    for (int length = 0; length < init.length; length++) {
      Findings findings = new Findings();
      assertThat(InitSectionReader.read(Arrays.copyOf(init, length), "init", findings)).isEmpty();
      assertThat(findings.report().broken(Rule.CMAF_BOXES)).isOne();
    }
    for (int length = 0; length < part.length; length++) {
      Findings findings = new Findings();
      SegmentReader.read(Arrays.copyOf(part, length), section, "part", findings);
      assertThat(findings.report().ok()).as("%d bytes", length).isFalse();
    }
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      byte[] wrong = part.clone();
      wrong[random.nextInt(wrong.length)] = (byte) random.nextInt();
      SegmentReader.read(wrong, section, "part", new Findings());
      byte[] wrongInit = init.clone();
      wrongInit[random.nextInt(wrongInit.length)] = (byte) random.nextInt();
      Optional<InitSection> read = InitSectionReader.read(wrongInit, "init", new Findings());
      read.ifPresent(other -> SegmentReader.read(part, other, "part", new Findings()));
    }
  }

  @Test
  void textsOfOthersCannotSteerATerminal() {
    Finding finding = new Finding(Rule.HLS_EXTM3U, "a\u001b[2J", "b\n".repeat(1_000), "c");

    assertThat(finding.toString()).doesNotContain("\u001b", "\n").hasSizeLessThan(500);
  }
}
