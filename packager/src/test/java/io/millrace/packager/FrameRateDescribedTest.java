package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.IndexRecord.SegmentEnded;
import io.millrace.media.index.IndexRecord.TargetDurationFixed;
import io.millrace.media.index.IndexRecord.TrackDescribed;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The index tells the frame rate of pictures whose SPS does not, so that every node knows it. */
class FrameRateDescribedTest {
  private static InputScript script() {
    return InputScript.opened().announceVideo().announceAudio();
  }

  private static List<Double> told(RecordingSink made) {
    return made.all(TrackDescribed.class).stream()
        .filter(described -> described.track().codec() instanceof AvcConfiguration)
        .map(described -> ((AvcConfiguration) described.track().codec()).frameRate())
        .toList();
  }

  private static int firstIndex(RecordingSink made, Class<? extends IndexRecord> type) {
    return made.records.indexOf(made.all(type).getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "23.976023976, 1",
    "24, 1",
    "25, 2",
    "29.97002997, 1",
    "29.97002997, 2",
    "30, 1",
    "50, 2",
    "59.94005994, 2",
    "60, 1",
    "60, 4",
    "60, 10"
  })
  void aRateThatIsNotDeclaredIsToldBeforeAnyPlaylistCanBeRendered(double rate, double gop) {
    RecordingSink made = script().both(0, 20_000, rate, gop).run();

    IndexRules.check(made);
    assertThat(told(made)).hasSize(2).first().isEqualTo(0.0);
    assertThat(told(made).getLast()).isCloseTo(rate, Offset.offset(0.0005));
    TrackDescribed learned = made.all(TrackDescribed.class).getLast();
    assertThat(made.records.indexOf(learned))
        .isLessThan(firstIndex(made, TargetDurationFixed.class));
    assertThat(made.all(InitSection.class)).hasSize(2);
  }

  @Test
  void aRateThatIsDeclaredIsToldOnce() {
    RecordingSink made =
        InputScript.opened()
            .announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.avc(30), 1000))
            .announceAudio()
            .both(0, 20_000, 25, 2)
            .run();

    assertThat(told(made)).containsExactly(30.0);
  }

  /** The level depends on the rate, and the init section that tells it was out before that. */
  @Test
  void aMeasuredRateLeavesTheLevelOfVp9AsItWas() {
    String keyframe = "82 498342 00 4ff0 2cf0";
    VideoConfiguration vp9 =
        Vp9Configuration.parse(Bytes.ofHex("00 00 82 02 02 02 0000"))
            .withKeyframe(Bytes.ofHex(keyframe));
    InputScript script =
        InputScript.opened().announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, vp9, 1_000));
    for (int frame = 0; frame < 600; frame++) {
      boolean key = frame % 60 == 0;
      long ms = Math.round(frame * 1_000 / 30.0);
      long arrivalNs = InputScript.START_UTC_NS + ms * 1_000_000;
      Bytes data = Bytes.ofHex(key ? keyframe : "86 00");
      script.sample(new Sample(InputScript.VIDEO, ms, ms, key, arrivalNs, data));
    }
    RecordingSink made = script.run();

    List<VideoConfiguration> told =
        made.all(TrackDescribed.class).stream()
            .map(described -> (VideoConfiguration) described.track().codec())
            .toList();
    assertThat(told).extracting(VideoConfiguration::frameRate).containsExactly(0.0, 30.0);
    assertThat(told).extracting(VideoConfiguration::codecsString).containsOnly("vp09.00.40.08");
    // vpcC: a full box's version, profile, level
    assertThat(made.all(InitSection.class))
        .singleElement()
        .satisfies(
            init -> assertThat(init.data().toHex()).contains("76706343" + "01000000" + "0028"));
  }

  @Test
  void aFewFramesASecondAreToldWithTheFirstSegmentThatHasEnough() {
    RecordingSink made = script().both(0, 20_000, 5, 1).run();

    assertThat(told(made)).containsExactly(0.0, 5.0);
    TrackDescribed learned = made.all(TrackDescribed.class).getLast();
    assertThat(made.records.indexOf(learned)).isLessThan(firstIndex(made, SegmentEnded.class));
  }

  @Test
  void aChangedPictureIsMeasuredAnew() {
    InputScript script = script().both(0, 6_000, 60, 2);
    AvcConfiguration changed =
        new AvcConfiguration(Bytes.ofHex("014d001fffe000"), 0x4d, 0, 0x1f, 4, 640, 360, 0);
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, changed, 1000));
    RecordingSink made = script.both(6_000, 6_000, 30, 2).run();

    assertThat(told(made)).containsExactly(0.0, 60.0, 0.0, 30.0);
  }

  @Test
  void aPublisherThatComesBackRaisesTheRateAndDoesNotLowerIt() {
    InputScript script = script().both(0, 6_000, 30, 2);
    for (double rate : new double[] {50, 25, 50}) {
      script.add(new InputRecord.SourceStarted(0)).announceVideo().announceAudio();
      script.both(0, 6_000, rate, 2, 20_000);
    }
    RecordingSink made = script.run();

    assertThat(told(made)).containsExactly(0.0, 30.0, 50.0);
  }
}
