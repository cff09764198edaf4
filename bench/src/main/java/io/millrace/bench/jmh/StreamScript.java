package io.millrace.bench.jmh;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * An input log without end: 30 frames a second with a keyframe each two seconds, and 48 kHz AAC.
 * All samples share their bytes, so that making them costs next to nothing.
 */
public final class StreamScript {
  private static final int VIDEO = 1;
  private static final int AUDIO = 2;
  private static final int FRAMES_PER_SECOND = 30;
  private static final int GOP_FRAMES = 60;
  private static final int AUDIO_SAMPLE_BYTES = 340;
  private static final int NAL_IDR = 0x65;
  private static final int NAL_OTHER = 0x41;
  private static final long MS_NS = 1_000_000;
  private static final long START_UTC_NS = 1_800_000_000_000_000_000L;

  /** 1280x720 as x264 writes it, High profile, level 3.1. */
  private static final AvcConfiguration AVC =
      new AvcConfiguration(
          Bytes.ofHex("0164001fffe000"), 0x64, 0, 0x1F, 4, 1280, 720, FRAMES_PER_SECOND);

  private static final AacConfiguration AAC = AacConfiguration.parse(Bytes.ofHex("1190"));

  private final Consumer<InputEntry> log;
  private final Bytes keyframe;
  private final Bytes frame;
  private final Bytes sound = Bytes.wrap(new byte[AUDIO_SAMPLE_BYTES]);
  private long number;
  private long frames;
  private long sounds;

  /** Tells the log of what opens a broadcast; samples follow by {@link #second}. */
  public StreamScript(int videoBps, TimelineSettings settings, Consumer<InputEntry> log) {
    this.log = log;
    int bytes = videoBps / Byte.SIZE / FRAMES_PER_SECOND;
    this.keyframe = nal(NAL_IDR, bytes);
    this.frame = nal(NAL_OTHER, bytes);
    UUID id = new UUID(0x7000, 1);
    add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(id), new TimelineId(id), settings, START_UTC_NS));
    add(new InputRecord.SourceStarted(START_UTC_NS));
    add(new InputRecord.TrackAnnounced(Track.of(VIDEO, TrackKind.VIDEO, AVC, 1_000)));
    add(new InputRecord.TrackAnnounced(Track.of(AUDIO, TrackKind.AUDIO, AAC, 1_000)));
  }

  private static Bytes nal(int header, int bytes) {
    byte[] nal = new byte[bytes];
    int length = bytes - Integer.BYTES;
    nal[0] = (byte) (length >> 24);
    nal[1] = (byte) (length >> 16);
    nal[2] = (byte) (length >> 8);
    nal[3] = (byte) length;
    nal[4] = (byte) header;
    return Bytes.wrap(nal);
  }

  /** Sends the samples of the next second. */
  public void second() {
    long until = frames + FRAMES_PER_SECOND;
    while (frames < until) {
      long videoMs = frames * 1_000 / FRAMES_PER_SECOND;
      for (long soundMs = soundMs(); soundMs <= videoMs; soundMs = soundMs()) {
        sample(AUDIO, soundMs, true, sound);
        sounds++;
      }
      boolean key = frames % GOP_FRAMES == 0;
      sample(VIDEO, videoMs, key, key ? keyframe : frame);
      frames++;
    }
  }

  private long soundMs() {
    return sounds * AAC.frameLength() * 1_000 / AAC.sampleRate();
  }

  private void sample(int track, long ms, boolean key, Bytes data) {
    add(
        new InputRecord.SampleArrived(
            new Sample(track, ms, ms, key, START_UTC_NS + ms * MS_NS, data)));
  }

  private void add(InputRecord record) {
    log.accept(new InputEntry(++number, new Fence(1, 1), record));
  }
}
