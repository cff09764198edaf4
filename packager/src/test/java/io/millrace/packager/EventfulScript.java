package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;

/**
 * Writes one input log with all that can happen in it: pictures out of order, groups of all
 * lengths, a publisher that comes back, changed configurations, lost samples, silence, timestamps
 * that jump, sound before there is a picture, date ranges, a second broadcast, and a clock that
 * goes astray.
 */
final class EventfulScript {
  private static final long MS_NS = 1_000_000L;

  private final Random random = new Random(12);
  private final InputScript script = InputScript.opened();
  private long nowMs;
  private long clockMs;
  private double soundMs;

  static InputScript write() {
    return new EventfulScript().run();
  }

  private InputScript run() {
    pictureAndSound();
    soundThenPicture();
    openAnother(8, TimelineSettings.DEFAULT);
    picturesThatFillNoPart();
    openAnother(
        10,
        new TimelineSettings(
            TimelineSettings.DEFAULT.part(),
            TimelineSettings.DEFAULT.segment(),
            Duration.ofSeconds(12)));
    comeBack(0);
    announce(InputScript.AVC, InputScript.AAC);
    play(20_000, true, true);
    clockComesApart();
    return script.add(new InputRecord.BroadcastClosed(utcNs()));
  }

  private void openAnother(long id, TimelineSettings settings) {
    script.add(new InputRecord.BroadcastClosed(utcNs()));
    script.add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(new UUID(0x7000, id)),
            new TimelineId(new UUID(0x7000, id + 1)),
            settings,
            utcNs()));
  }

  private void pictureAndSound() {
    script.mark("before there is a date", clockMs, -1);
    // The picture waits for a sound that is not announced yet.
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.AVC, 1000));
    for (int i = 0; i < 30; i++) {
      pictures(33, i == 0);
    }
    announce(InputScript.AVC, InputScript.AAC);
    play(9_000, true, true);
    script.add(new InputRecord.SourceLost(utcNs()));
    for (int tick = 0; tick < 10; tick++) {
      clockMs += 200;
      script.add(new InputRecord.ClockTicked(utcNs()));
    }
    comeBack(70_000);
    announce(InputScript.AVC, InputScript.AAC);
    play(6_000, true, true);
    AvcConfiguration smaller =
        new AvcConfiguration(Bytes.ofHex("014d001fffe000"), 0x4d, 0, 0x1f, 4, 640, 360, 25);
    announce(smaller, InputScript.aac(44_100));
    play(6_000, true, true);
    script.add(new InputRecord.SamplesDropped(InputScript.VIDEO, 40, utcNs()));
    play(1_500, false, true);
    play(5_000, true, true);
    script.mark("short", clockMs + 500, 1_000);
    // The sound stays away for longer than it may be waited for.
    play(5_000, true, false);
    play(4_000, true, true);
    nowMs += 5_000_000;
    play(7_000, true, true);
    nowMs -= 60_000;
    play(5_000, true, true);
    jumpOfThePictureAlone();
    changeOfTheSoundAlone();
    startWithoutAKeyframe();
    // Twenty-four bits of a timestamp are over.
    comeBack((1L << 24) - 3_000);
    announce(InputScript.AVC, InputScript.AAC);
    play(3_000, true, true);
    nowMs = 0;
    play(5_000, true, true);
  }

  /** The sound goes on for a while as if nothing were; then it is an hour ahead. */
  private void jumpOfThePictureAlone() {
    long soundAtMs = nowMs;
    nowMs += 60_000;
    for (int i = 0; i < 20; i++) {
      pictures(33, i == 0);
      script.audio(soundAtMs + i * 33L, utcNs());
    }
    play(3_000, true, true);
    comeBack(0);
    announce(InputScript.AVC, InputScript.AAC);
    for (int i = 0; i < 150; i++) {
      pictures(33, i % 60 == 0);
      script.audio(3_600_000 + nowMs, utcNs());
    }
  }

  private void changeOfTheSoundAlone() {
    Track sound = Track.of(InputScript.AUDIO, TrackKind.AUDIO, InputScript.aac(44_100), 1000);
    script.announce(sound);
    for (int i = 0; i < 90; i++) {
      script.audio(3_600_000 + nowMs, utcNs());
      pictures(33, i == 60);
    }
  }

  private void startWithoutAKeyframe() {
    comeBack(90_000);
    announce(InputScript.AVC, InputScript.AAC);
    for (int i = 0; i < 60; i++) {
      pictures(33, i == 30);
      sound(InputScript.AUDIO);
    }
  }

  private void soundThenPicture() {
    comeBack(0);
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, InputScript.AAC, 1000));
    play(6_000, false, true);
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.AVC, 1000));
    play(8_000, true, true);
    script.announce(Track.of(3, TrackKind.AUDIO, InputScript.AAC, 1000));
    for (int i = 0; i < 300; i++) {
      pictures(33, i % 45 == 0);
      sound(InputScript.AUDIO);
      sound(3);
    }
    script.announce(Track.of(3, TrackKind.AUDIO, InputScript.aac(44_100), 1000));
    play(3_000, true, true);
  }

  private void picturesThatFillNoPart() {
    comeBack(0);
    announce(InputScript.AVC, InputScript.AAC);
    for (int i = 0; i < 100; i++) {
      pictures(80, i % 25 == 0);
      sound(InputScript.AUDIO);
    }
  }

  /** What comes is late from now on, and then early. */
  private void clockComesApart() {
    clockMs += 400;
    play(50_000, true, true);
    clockMs -= 700;
    play(40_000, true, true);
  }

  private void comeBack(long atMs) {
    script.add(new InputRecord.SourceStarted(utcNs()));
    nowMs = atMs;
  }

  private void announce(AvcConfiguration avc, AacConfiguration aac) {
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, avc, 1000));
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, aac, 1000));
  }

  /** Groups of pictures of 5 to 90 frames, each of the sound's frames as its time comes. */
  private void play(long lengthMs, boolean video, boolean audio) {
    soundMs = nowMs;
    int left = 0;
    for (long end = nowMs + lengthMs; nowMs < end; ) {
      if (video) {
        pictures(random.nextInt(10) == 0 ? 60 : 33, left == 0);
        left = left == 0 ? 5 + random.nextInt(85) : left - 1;
      } else {
        nowMs += 33;
        clockMs += 33;
      }
      while (audio && soundMs < nowMs) {
        script.audio(Math.round(soundMs), utcNs());
        soundMs += 1024 / 48.0;
      }
    }
  }

  private void pictures(int ms, boolean keyframe) {
    long reorderMs = keyframe ? 66 + 33L * random.nextInt(2) : 33L * random.nextInt(4);
    script.video(nowMs, nowMs + reorderMs, keyframe, utcNs());
    nowMs += ms;
    clockMs += ms;
  }

  private void sound(int track) {
    script.sample(
        new Sample(
            track, nowMs, nowMs, true, utcNs(), Bytes.wrap(new byte[] {1, 2, (byte) track})));
  }

  private long utcNs() {
    return InputScript.START_UTC_NS + clockMs * MS_NS;
  }
}
