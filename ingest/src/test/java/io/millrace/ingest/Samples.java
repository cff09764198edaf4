package io.millrace.ingest;

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
import java.util.UUID;

/** Makes the records that tests of the ingest are about. Times are in milliseconds. */
final class Samples {
  static final Track VIDEO =
      Track.of(
          1,
          TrackKind.VIDEO,
          new AvcConfiguration(Bytes.ofHex("01"), 77, 0, 31, 4, 1280, 720, 30),
          1_000);
  static final Track AUDIO =
      Track.of(
          2,
          TrackKind.AUDIO,
          new AacConfiguration(Bytes.ofHex("1190"), 2, 48_000, 2, 1_024),
          1_000);

  private Samples() {}

  static Sample videoSample(long ms, boolean keyframe, long arrivalNs, int size) {
    return new Sample(1, ms, ms, keyframe, arrivalNs, Bytes.wrap(new byte[size]));
  }

  static Sample audioSample(long ms, long arrivalNs) {
    return new Sample(2, ms, ms, true, arrivalNs, Bytes.wrap(new byte[100]));
  }

  static InputRecord broadcast() {
    return new InputRecord.BroadcastOpened(
        new BroadcastId(new UUID(1, 1)),
        new TimelineId(new UUID(2, 2)),
        TimelineSettings.DEFAULT,
        0);
  }

  static InputRecord videoTrack() {
    return new InputRecord.TrackAnnounced(VIDEO);
  }

  static InputRecord audioTrack() {
    return new InputRecord.TrackAnnounced(AUDIO);
  }

  static InputRecord video(long ms, boolean keyframe) {
    return new InputRecord.SampleArrived(videoSample(ms, keyframe, ms * 1_000_000, 100));
  }

  static InputRecord audio(long ms) {
    return new InputRecord.SampleArrived(audioSample(ms, ms * 1_000_000));
  }
}
