package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/**
 * Writes a publisher's stream from what really happened, and from what its timestamps make of it.
 * Times are milliseconds from the beginning on; each sample carries its number, so that it can be
 * found again in what a packager made.
 */
final class Show {
  static final int VIDEO_HEAD = 5;

  /** One sample as it was: {@code ms} is when it is shown, {@code order} when it is sent. */
  record Taken(int track, double dtsMs, double ms, boolean keyframe) {}

  final List<Taken> taken = new ArrayList<>();
  private final InputScript script = InputScript.opened();
  private LongUnaryOperator stampVideo = LongUnaryOperator.identity();
  private LongUnaryOperator stampAudio = LongUnaryOperator.identity();
  private int timescale = 1000;
  private AacConfiguration sound = InputScript.AAC;
  private boolean audioAnnounced;
  private boolean videoAnnounced;
  private final List<Taken> pending = new ArrayList<>();

  /** Timestamps of both tracks. */
  Show stamp(LongUnaryOperator of) {
    stampVideo = of;
    stampAudio = of;
    return this;
  }

  Show stampVideo(LongUnaryOperator of) {
    stampVideo = of;
    return this;
  }

  Show stampAudio(LongUnaryOperator of) {
    stampAudio = of;
    return this;
  }

  /** Ticks a second of the timestamps. */
  Show timescale(int ticks) {
    timescale = ticks;
    return this;
  }

  Show announceVideo() {
    videoAnnounced = true;
    script.announce(Track.of(InputScript.VIDEO, TrackKind.VIDEO, InputScript.AVC, timescale));
    return this;
  }

  Show announceAudio() {
    audioAnnounced = true;
    script.announce(Track.of(InputScript.AUDIO, TrackKind.AUDIO, sound, timescale));
    return this;
  }

  /** Sound with another configuration from now on. */
  Show announceAudio(int sampleRate) {
    sound = InputScript.aac(sampleRate);
    return announceAudio();
  }

  /** Pictures at a constant rate; a keyframe each {@code gop} frames. */
  Show video(double fromMs, double toMs, double fps, int gop) {
    return video(fromMs, toMs, fps, frame -> frame % gop == 0, 0);
  }

  /**
   * @param keyframe of a frame's number in decoding order
   * @param reordered how many frames later than decoded pictures are shown: with B-frames
   */
  Show video(double fromMs, double toMs, double fps, LongPredicate keyframe, int reordered) {
    for (long frame = 0; fromMs + frame * 1000 / fps < toMs - 1e-6; frame++) {
      double dts = fromMs + frame * 1000 / fps;
      // I P B B P B B: a picture that others refer to is decoded before those shown before it.
      long shown = reordered == 0 ? 0 : reordered + (frame % 3 == 1 ? 2 : frame % 3 == 0 ? 0 : -1);
      pending.add(
          new Taken(InputScript.VIDEO, dts, dts + shown * 1000 / fps, keyframe.test(frame)));
    }
    return this;
  }

  Show audio(double fromMs, double toMs) {
    return audio(fromMs, toMs, 0);
  }

  /** Sound of an encoder whose clock is slower than the picture's by so many millionths. */
  Show audio(double fromMs, double toMs, double slowPpm) {
    double frameMs = sound.frameLength() * 1000.0 / sound.sampleRate() * (1 + slowPpm / 1e6);
    for (long frame = 0; fromMs + frame * frameMs < toMs - 1e-6; frame++) {
      double ms = fromMs + frame * frameMs;
      pending.add(new Taken(InputScript.AUDIO, ms, ms, true));
    }
    return this;
  }

  /** Leaves out what was to be sent in a stretch of time. */
  Show without(int track, double fromMs, double toMs) {
    pending.removeIf(
        each -> each.track() == track && each.dtsMs() >= fromMs && each.dtsMs() < toMs);
    return this;
  }

  /** Sends what was written so far, in order of time. */
  Show send() {
    pending.sort(Comparator.comparingDouble(Taken::dtsMs));
    for (Taken each : pending) {
      boolean video = each.track() == InputScript.VIDEO;
      if (video ? !videoAnnounced : !audioAnnounced) {
        throw new AssertionError("not announced: " + each);
      }
      taken.add(each);
      LongUnaryOperator stamp = video ? stampVideo : stampAudio;
      long dts = stamp.applyAsLong(Math.round(each.dtsMs() * timescale / 1000));
      long shownLater =
          Math.round(each.ms() * timescale / 1000) - Math.round(each.dtsMs() * timescale / 1000);
      long arrivalNs = InputScript.START_UTC_NS + Math.round(each.dtsMs() * 1e6);
      script.sample(
          new Sample(each.track(), dts, dts + shownLater, each.keyframe(), arrivalNs, data(each)));
    }
    pending.clear();
    return this;
  }

  /** The number of the sample that this is the data of. */
  static int numberOf(boolean video, Bytes data) {
    return data.asByteBuffer().getInt(video ? VIDEO_HEAD : 0);
  }

  private Bytes data(Taken each) {
    if (each.track() == InputScript.AUDIO) {
      return Bytes.wrap(ByteBuffer.allocate(4).putInt(taken.size() - 1).array());
    }
    byte[] nal = new byte[each.keyframe() ? 100 : 40];
    ByteBuffer.wrap(nal)
        .putInt(nal.length - 4)
        .put((byte) (each.keyframe() ? 0x65 : 0x41))
        .putInt(taken.size() - 1);
    return Bytes.wrap(nal);
  }

  Show sourceStarted(double ms) {
    script.add(new InputRecord.SourceLost(utcNs(ms)));
    script.add(new InputRecord.SourceStarted(utcNs(ms)));
    return this;
  }

  private static long utcNs(double ms) {
    return InputScript.START_UTC_NS + Math.round(ms * 1e6);
  }

  /** Ends the broadcast and packages it. */
  RecordingSink run(double endMs) {
    return script.add(new InputRecord.BroadcastClosed(utcNs(endMs))).run();
  }
}
