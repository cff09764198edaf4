package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.media.index.IndexRecord.Discontinuity;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.TrackDescribed;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.timeline.Irregularity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReconnectTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private static InputScript script() {
    return InputScript.opened().announceVideo().announceAudio();
  }

  private static InputScript again(InputScript script, long utcNs) {
    return script.add(new InputRecord.SourceStarted(utcNs)).announceVideo().announceAudio();
  }

  private static PartPublished first(RecordingSink made, int rendition, long msn) {
    return made.parts(rendition).stream()
        .filter(part -> part.key().msn() == msn)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPublisherThatComesBackContinuesAfterADiscontinuity() {
    InputScript script = script().both(0, 5_000, 30, 2);
    script.add(new InputRecord.SourceLost(InputScript.START_UTC_NS + 5 * SECOND_NS));
    again(script, InputScript.START_UTC_NS + 8 * SECOND_NS);
    // Its timestamps begin anew; it is 8.5 s later by the clock.
    RecordingSink made = script.both(0, 5_000, 30, 2, 8_500).run();

    IndexRules.check(made);
    Discontinuity discontinuity = made.all(Discontinuity.class).getFirst();
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(made.all(InitSection.class)).hasSize(2);
    List<ClockAnchored> anchors = made.all(ClockAnchored.class);
    assertThat(anchors).hasSize(2);
    assertThat(anchors.get(1).msn()).isEqualTo(discontinuity.msn());
    // Media time went on with the clock on the wall.
    assertThat(anchors.get(1).mediaTimeNs() - anchors.get(0).mediaTimeNs())
        .isEqualTo(8_500_000_000L);
    assertThat(anchors.get(1).utcNs() - anchors.get(0).utcNs()).isEqualTo(8_500_000_000L);
    for (int rendition : new int[] {InputScript.VIDEO, InputScript.AUDIO}) {
      assertThat(first(made, rendition, 3).key().part()).isZero();
      assertThat(first(made, rendition, 3).independent()).isTrue();
    }
  }

  @Test
  void theClockNeverGoesBackBehindWhatWasPublished() {
    InputScript script = script();
    // Ten seconds of media in one: the publisher sends from a file.
    for (int frame = 0; frame < 300; frame++) {
      long ms = Math.round(frame * 1000 / 30.0);
      script.video(ms, ms, frame % 60 == 0, InputScript.START_UTC_NS + ms * 100_000);
    }
    again(script, InputScript.START_UTC_NS + 2 * SECOND_NS);
    RecordingSink made = script.both(0, 5_000, 30, 2, 2_000).run();

    List<ClockAnchored> anchors = made.all(ClockAnchored.class);
    PartPublished last =
        made.parts(InputScript.VIDEO).stream()
            .filter(part -> part.key().msn() < anchors.get(1).msn())
            .reduce((a, b) -> b)
            .orElseThrow();
    long endNs = Math.floorDiv((last.startTicks() + last.durationTicks()) * 100_000, 9);
    long endUtcNs = anchors.get(0).utcNs() + endNs - anchors.get(0).mediaTimeNs();
    assertThat(anchors.get(1).mediaTimeNs()).isGreaterThanOrEqualTo(endNs);
    assertThat(anchors.get(1).utcNs()).isGreaterThanOrEqualTo(endUtcNs);
  }

  @Test
  void theHeldOpenPartIsPublishedWhenThePublisherGoes() {
    InputScript script = script().both(0, 2_500, 30, 2);
    int before = script.run().parts(InputScript.VIDEO).size();
    RecordingSink made = script.add(new InputRecord.SourceLost(0)).run();

    assertThat(made.parts(InputScript.VIDEO)).hasSize(before + 1);
    assertThat(made.segments(InputScript.VIDEO)).hasSize(2);
    assertThat(made.segments(InputScript.AUDIO)).hasSize(2);
  }

  @Test
  void aPublisherOfVideoAloneIsNotKeptWaitingWhenItComesBack() {
    InputScript script = InputScript.opened().announceVideo();
    for (int frame = 0; frame < 150; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
    }
    script.add(new InputRecord.SourceStarted(InputScript.START_UTC_NS)).announceVideo();
    for (int frame = 0; frame < 6; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame == 0);
    }
    RecordingSink made = script.run();

    assertThat(made.parts(InputScript.VIDEO).getLast().key().msn()).isEqualTo(3);
  }

  @Test
  void identicalAnnouncementsChangeNothing() {
    InputScript script = script().both(0, 5_000, 30, 2);
    script.announceVideo().announceAudio();
    RecordingSink made = script.both(5_000, 5_000, 30, 1).run();

    assertThat(made.all(Discontinuity.class)).isEmpty();
    assertThat(made.all(InitSection.class)).hasSize(2);
    assertThat(made.all(ClockAnchored.class)).hasSize(1);
  }

  @Test
  void aChangedPictureBeginsAtItsKeyframeAfterADiscontinuity() {
    InputScript script = script().both(0, 5_000, 30, 2);
    AvcConfiguration changed =
        new AvcConfiguration(Bytes.ofHex("014d001fffe000"), 0x4d, 0, 0x1f, 4, 640, 360, 0);
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, changed, 1000));
    RecordingSink made = script.both(5_000, 5_000, 30, 2).run();

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(made.all(InitSection.class))
        .extracting(InitSection::rendition, InitSection::msn)
        .contains(tuple(InputScript.VIDEO, 3L));
    assertThat(made.all(TrackDescribed.class))
        .extracting(described -> described.track().codec())
        .endsWith(changed, changed.withFrameRate(30));
    // Times go on without a hole.
    assertThat(first(made, InputScript.VIDEO, 3).startTicks()).isEqualTo(15 * 90_000);
  }

  @Test
  void aChangedSoundWaitsForTheNextKeyframe() {
    InputScript script = script().both(0, 5_000, 30, 2);
    AacConfiguration changed = InputScript.aac(44_100);
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, changed, 1000));
    for (int frame = 150; frame < 330; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
      while (script.nextAudioMs(44_100) <= frame * 1000 / 30.0) {
        script.audio(script.takeAudioMs(44_100));
      }
    }
    RecordingSink made = script.run();

    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(made.all(TrackDescribed.class).getLast().track().timescale()).isEqualTo(44_100);
    assertThat(first(made, InputScript.AUDIO, 3).startTicks())
        .isBetween(16 * 44_100L, 16 * 44_100L + 1024);
  }

  @Test
  void aChangedSoundOfATimeThatWasPublishedAsAGapBeginsNoStretch() {
    InputScript script = InputScript.opened().announceAudio();
    for (int frame = 0; frame < 234; frame++) {
      script.audio(Math.round(frame * 1024 / 48.0));
    }
    // The sound that leads is late by then, and gets gaps up to the picture.
    script.announceVideo().video(9_000, false);
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, InputScript.aac(44_100), 1000));
    while (script.nextAudioMs(44_100) < 12_000) {
      script.audio(script.takeAudioMs(44_100));
    }
    RecordingSink made = script.run();

    IndexRules.checkIrregular(made);
    assertThat(made.all(Discontinuity.class)).hasSize(1);
    PartPublished changed =
        first(made, InputScript.AUDIO, made.all(Discontinuity.class).getFirst().msn());
    assertThat(changed.startTicks() / 44_100.0).isBetween(18.7, 19.0);
  }

  @Test
  void soundThatIsAheadOfAChangedPictureBelongsToTheNextStretch() {
    InputScript script = script();
    int sounds = soundAhead(script, 0, 180, InputScript.AAC);
    AvcConfiguration changed =
        new AvcConfiguration(Bytes.ofHex("014d001fffe000"), 0x4d, 0, 0x1f, 4, 640, 360, 0);
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, changed, 1000));
    sounds += soundAhead(script, 180, 330, InputScript.AAC);
    script.add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 12 * SECOND_NS));
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    // The sound runs ahead of the last picture by as much as always.
    assertThat(first(made, InputScript.AUDIO, 3).startTicks() / 48_000.0).isBetween(16.0, 16.05);
    long published =
        made.parts(InputScript.AUDIO).stream()
            .mapToLong(part -> Chunks.read(made.parts.get(part.key())).samples().size())
            .sum();
    assertThat(published).isEqualTo(sounds);
    assertThat(made.irregularities).isEmpty();
  }

  @Test
  void soundThatIsAheadOfThePictureChangesOnce() {
    InputScript script = script();
    soundAhead(script, 0, 150, InputScript.AAC);
    AacConfiguration changed = InputScript.aac(44_100);
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, changed, 1000));
    soundAhead(script, 150, 420, changed);
    script.add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 15 * SECOND_NS));
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(made.all(TrackDescribed.class).getLast().track().timescale()).isEqualTo(44_100);
  }

  @Test
  void aSoundThatIsChangedBackIsNoDiscontinuity() {
    InputScript script = script().both(0, 5_000, 30, 2);
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, InputScript.aac(44_100), 1000));
    script.audio(5_000).announceAudio();
    for (int frame = 150; frame < 330; frame++) {
      script.video(Math.round(frame * 1000 / 30.0), frame % 60 == 0);
      while (script.nextAudioMs(48_000) <= frame * 1000 / 30.0) {
        script.audio(script.takeAudioMs(48_000));
      }
    }
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).isEmpty();
    assertThat(made.irregularities).containsOnlyKeys(Irregularity.BEFORE_START);
  }

  /** Pictures, each after the sound of the second that follows it; returns how much sound. */
  private static int soundAhead(InputScript script, int from, int until, AacConfiguration aac) {
    int sounds = 0;
    double soundMs = from == 0 ? 0 : from * 1000 / 30.0 + 1_000;
    soundMs = Math.ceil(soundMs * aac.sampleRate() / 1024_000) * 1024_000 / aac.sampleRate();
    for (int frame = from; frame < until; frame++) {
      long ms = Math.round(frame * 1000 / 30.0);
      long arrivalNs = InputScript.START_UTC_NS + (ms + 1_000) * 1_000_000;
      while (soundMs < (frame + 1) * 1000 / 30.0 + 1_000) {
        script.audio(Math.round(soundMs), arrivalNs);
        soundMs += 1024_000.0 / aac.sampleRate();
        sounds++;
      }
      script.video(ms, ms, frame % 60 == 0, arrivalNs);
    }
    return sounds;
  }

  @Test
  void aJumpOfTheTimestampsIsADiscontinuity() {
    InputScript script = script().both(0, 5_000, 30, 2);
    script.both(5_000_000, 5_000, 30, 2, -4_995_000);
    RecordingSink made = script.run();

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(made.irregularities).containsKey(Irregularity.JUMP);
  }

  @Test
  void lostEntriesAreADiscontinuity() {
    InputScript script = script().both(0, 5_000, 30, 2);
    RecordingSink made = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, made);
    script.entries.forEach(packager::accept);
    packager.entriesLost();
    InputScript later = InputScript.opened().both(7_000, 5_000, 30, 2);
    later.entries.stream().skip(2).forEach(packager::accept);

    IndexRules.check(made);
    assertThat(made.all(Discontinuity.class)).containsExactly(new Discontinuity(3));
    assertThat(first(made, InputScript.VIDEO, 3).startTicks()).isEqualTo(17 * 90_000);
  }

  @Test
  void aHigherFenceContinuesAndALowerOneIsDropped() {
    InputScript script = script().both(0, 5_000, 30, 2);
    int records = script.run().records.size();

    script.fence(new Fence(1, 0)).both(5_000, 5_000, 30, 2);
    assertThat(script.run().records).hasSize(records);

    script.fence(new Fence(1, 2)).both(5_000, 5_000, 30, 2);
    RecordingSink made = script.run();
    IndexRules.check(made);
    assertThat(made.records.size()).isGreaterThan(records);
    assertThat(made.all(Discontinuity.class)).isEmpty();
  }

  @Test
  void theNextBroadcastIsATimelineOfItsOwn() {
    InputScript script = script().both(0, 5_000, 30, 2);
    script.add(new InputRecord.BroadcastClosed(1));
    TimelineId second = new TimelineId(new UUID(0x7000, 9));
    script.add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(new UUID(0x7000, 8)), second, TimelineSettings.DEFAULT, 2));
    RecordingSink made = again(script, 2).both(0, 5_000, 30, 2).run();

    assertThat(made.all(IndexRecord.TimelineOpened.class)).hasSize(2);
    assertThat(made.all(Discontinuity.class)).isEmpty();
    assertThat(made.parts(InputScript.VIDEO).getLast().key().timeline()).isEqualTo(second);
    assertThat(made.parts(InputScript.VIDEO).getLast().key().msn()).isEqualTo(2);
  }
}
