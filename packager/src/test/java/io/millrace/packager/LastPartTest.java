package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.input.InputRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parts are marked as their segment's last. */
class LastPartTest {
  /** Before it no group has told how many frames they have. */
  private static final int LEARNED_MSN = 1;

  private static List<Integer> marked(RecordingSink made, int rendition, long msn) {
    List<Integer> marked = new ArrayList<>();
    for (PartPublished part : made.all(PartPublished.class)) {
      if (part.key().rendition() == rendition && part.key().msn() == msn && part.last()) {
        marked.add(part.key().part());
      }
    }
    return marked;
  }

  /** But for the newest, which the broadcast's end cuts off. */
  private static List<IndexRecord.SegmentEnded> ended(RecordingSink made) {
    List<IndexRecord.SegmentEnded> ended = made.all(IndexRecord.SegmentEnded.class);
    long newest = ended.getLast().msn();
    return ended.stream().filter(segment -> segment.msn() < newest).toList();
  }

  private static PartPublished part(RecordingSink made, long msn, int number) {
    return made.parts(InputScript.VIDEO).stream()
        .filter(part -> part.key().msn() == msn && part.key().part() == number)
        .findFirst()
        .orElseThrow();
  }

  private static RecordingSink run(InputScript script) {
    RecordingSink made = script.add(new InputRecord.BroadcastClosed(0)).run();
    IndexRules.checkIrregular(made);
    return made;
  }

  /** Of 25 frames a second each segment of 1.92 s ends with a frame of sound that fills a part. */
  @ParameterizedTest
  @CsvSource({"30, 2", "60, 2", "25, 1.92", "25, 2", "30, 1", "50, 1.92", "24, 2"})
  void aRegularStreamHasEachSegmentsLastPartMarkedAndNoOther(double frameRate, double gopSeconds) {
    RecordingSink made =
        run(
            InputScript.opened()
                .announceVideo()
                .announceAudio()
                .both(0, 19_000, frameRate, gopSeconds));

    for (IndexRecord.SegmentEnded ended : ended(made)) {
      List<Integer> marked = marked(made, ended.rendition(), ended.msn());
      if (ended.msn() >= LEARNED_MSN) {
        assertThat(marked).as("%s", ended).containsExactly(ended.partCount() - 1);
      } else {
        assertThat(marked).as("%s", ended).isSubsetOf(ended.partCount() - 1);
      }
    }
  }

  @Test
  void soundAloneHasEachSegmentsLastPartMarked() {
    InputScript script = InputScript.opened().announceAudio();
    for (int i = 0; i < 900; i++) {
      script.audio(Math.round(i * 1024 / 48.0));
    }
    RecordingSink made = run(script);

    for (IndexRecord.SegmentEnded ended : ended(made)) {
      assertThat(marked(made, ended.rendition(), ended.msn()))
          .as("%s", ended)
          .containsExactly(ended.partCount() - 1);
    }
  }

  /** Nine parts of five pictures and one of three; the last keyframe comes a second late. */
  @Test
  void aShortPartWaitsUntilItIsKnownToBeTheLast() {
    InputScript script = InputScript.opened().announceVideo();
    for (int i = 0; i < 240; i++) {
      script.video(Math.round(i * 1000 / 24.0), i % 48 == 0 ? i < 144 : i == 168);
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    PartPublished kept = part(made, 1, 9);
    assertThat(kept.durationTicks()).isBetween(11_100L, 11_400L);
    assertThat(kept.last()).isTrue();
    // What came of the part before a picture that was no keyframe went on with it.
    assertThat(part(made, 2, 9).durationTicks()).isBetween(18_700L, 18_900L);
    assertThat(marked(made, InputScript.VIDEO, 2)).doesNotContain(9);
  }

  /** A part that is long enough may be followed by others: it is published without waiting. */
  @ParameterizedTest
  @CsvSource({"30, 60", "60, 120", "25, 50", "50, 100", "50, 99"})
  void aLastPartThatIsLongEnoughLeavesOnItsOwnLastSample(double frameRate, int frames) {
    InputScript script = InputScript.opened().announceVideo();
    for (int i = 0; i < 10 * frames; i++) {
      script.video(Math.round(i * 1000 / frameRate), i % frames == 0);
    }
    RecordingSink made = run(script);

    for (IndexRecord.SegmentEnded ended : ended(made)) {
      if (ended.msn() > LEARNED_MSN) {
        PartPublished last = part(made, ended.msn(), ended.partCount() - 1);
        Chunks.Chunk chunk = Chunks.read(made.parts.get(last.key()));
        long shownLastMs = chunk.samples().getLast().pts() / 90 - 10_000;
        assertThat(last.arrivalNs() - InputScript.START_UTC_NS).isEqualTo(shownLastMs * 1_000_000);
      }
    }
  }

  @Test
  void aSegmentWhoseKeyframeDoesNotComeGoesOn() {
    InputScript script = InputScript.opened().announceVideo();
    for (int i = 0; i < 300; i++) {
      script.video(Math.round(i * 1000 / 30.0), i < 240 ? i % 60 == 0 : i == 250);
    }
    RecordingSink made = run(script);

    assertThat(marked(made, InputScript.VIDEO, 2)).containsExactly(9);
    // The keyframe was due after its tenth part.
    assertThat(marked(made, InputScript.VIDEO, 3)).containsExactly(9, 11);
    assertThat(made.all(IndexRecord.SegmentEnded.class).get(3).partCount()).isEqualTo(12);
  }
}
