package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.flv.FlvEvent;
import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.flv.FlvTrackReader;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/** Writes an input log, as an ingest would for a publisher over RTMP. */
public final class InputScript {
  public static final int VIDEO = 1;
  public static final int AUDIO = 2;
  public static final long START_UTC_NS = 1_800_000_000_000_000_000L;
  public static final TimelineId TIMELINE = new TimelineId(new UUID(0x7000, 1));

  /** 1280x720, no frame rate told. */
  public static final AvcConfiguration AVC = avc(0);

  /** 48 kHz, stereo. */
  public static final AacConfiguration AAC = AacConfiguration.parse(Bytes.ofHex("1190"));

  public final List<InputEntry> entries = new ArrayList<>();
  private Fence fence = new Fence(1, 1);
  private long number;
  private long soundFrames = -1;

  static AvcConfiguration avc(double frameRate) {
    return new AvcConfiguration(
        Bytes.ofHex("01640028ffe000"), 0x64, 0, 0x28, 4, 1280, 720, frameRate);
  }

  static AacConfiguration aac(int sampleRate) {
    return new AacConfiguration(Bytes.ofHex("1190"), 2, sampleRate, 2, 1024);
  }

  public static InputScript opened() {
    return opened(TimelineSettings.DEFAULT);
  }

  public static InputScript opened(TimelineSettings settings) {
    InputScript script = new InputScript();
    script.add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(new UUID(0x7000, 2)), TIMELINE, settings, START_UTC_NS));
    script.add(new InputRecord.SourceStarted(START_UTC_NS));
    return script;
  }

  public InputScript fence(Fence newFence) {
    fence = newFence;
    return this;
  }

  public InputScript add(InputRecord record) {
    entries.add(new InputEntry(++number, fence, record));
    return this;
  }

  /**
   * A date range with an attribute.
   *
   * @param atMs from the beginning on; it is said when it begins
   * @param lengthMs below 0: not known
   */
  public InputScript mark(String id, long atMs, long lengthMs) {
    long startNs = START_UTC_NS + atMs * 1_000_000;
    var range =
        new IndexRecord.DateRange(
            id, "com.example.mark", startNs, lengthMs * 1_000_000, Map.of("X-A", "\"1\""));
    return add(new InputRecord.DateRangeMarked(range, startNs));
  }

  public InputScript announceVideo() {
    return announce(Track.of(VIDEO, TrackKind.VIDEO, AVC, 1000));
  }

  public InputScript announceAudio() {
    return announce(Track.of(AUDIO, TrackKind.AUDIO, AAC, 1000));
  }

  public InputScript announce(Track track) {
    return add(new InputRecord.TrackAnnounced(track));
  }

  public InputScript video(long dtsMs, boolean keyframe) {
    return video(dtsMs, dtsMs, keyframe, START_UTC_NS + dtsMs * 1_000_000);
  }

  public InputScript video(long dtsMs, long ptsMs, boolean keyframe, long arrivalNs) {
    byte[] data = new byte[100];
    data[3] = 96;
    data[4] = (byte) (keyframe ? 0x65 : 0x41);
    return sample(new Sample(VIDEO, dtsMs, ptsMs, keyframe, arrivalNs, Bytes.wrap(data)));
  }

  public InputScript audio(long dtsMs) {
    return audio(dtsMs, START_UTC_NS + dtsMs * 1_000_000);
  }

  public InputScript audio(long dtsMs, long arrivalNs) {
    return sound(dtsMs, arrivalNs, Bytes.wrap(new byte[] {1, 2, 3}));
  }

  InputScript sound(long dtsMs, Bytes frame) {
    return sound(dtsMs, START_UTC_NS + dtsMs * 1_000_000, frame);
  }

  private InputScript sound(long dtsMs, long arrivalNs, Bytes frame) {
    return sample(new Sample(AUDIO, dtsMs, dtsMs, true, arrivalNs, frame));
  }

  public InputScript sample(Sample sample) {
    return add(new InputRecord.SampleArrived(sample));
  }

  /** Both tracks interleaved by dts, from {@code fromMs} on for {@code lengthMs}. */
  public InputScript both(long fromMs, long lengthMs, double frameRate, double gopSeconds) {
    return both(fromMs, lengthMs, frameRate, gopSeconds, 0);
  }

  public InputScript both(
      long fromMs, long lengthMs, double frameRate, double gopSeconds, long arrivalOffsetMs) {
    int gop = (int) Math.round(gopSeconds * frameRate);
    long frame = 0;
    long audioFrame = 0;
    while (true) {
      long videoMs = Math.round(frame * 1000 / frameRate);
      long audioMs = Math.round(audioFrame * 1024_000.0 / 48_000);
      if (Math.min(videoMs, audioMs) >= lengthMs) {
        return this;
      }
      long ms = fromMs + Math.min(videoMs, audioMs);
      long arrivalNs = START_UTC_NS + (ms + arrivalOffsetMs) * 1_000_000;
      if (videoMs <= audioMs) {
        video(ms, ms, frame % gop == 0, arrivalNs);
        frame++;
      } else {
        audio(ms, arrivalNs);
        audioFrame++;
      }
    }
  }

  /** When the next frame of sound after 5 s is. */
  double nextAudioMs(int sampleRate) {
    if (soundFrames < 0) {
      soundFrames = Math.ceilDiv(5L * sampleRate, 1024);
    }
    return soundFrames * 1024_000.0 / sampleRate;
  }

  long takeAudioMs(int sampleRate) {
    long ms = Math.round(nextAudioMs(sampleRate));
    soundFrames++;
    return ms;
  }

  /** What a publisher sends of an FLV file, at the pace of its timestamps. */
  public InputScript flv(byte[] file) {
    return flv(file, UnaryOperator.identity());
  }

  /**
   * The same, of tags whose bodies are read from other bytes.
   *
   * @param lying makes a body's bytes lie in memory as they are to be read
   */
  InputScript flv(byte[] file, UnaryOperator<Bytes> lying) {
    return flv(file, lying, LongUnaryOperator.identity());
  }

  /**
   * The same at another pace.
   *
   * @param arrivalMs when a tag of a timestamp arrives
   */
  InputScript flvArriving(byte[] file, LongUnaryOperator arrivalMs) {
    return flv(file, UnaryOperator.identity(), arrivalMs);
  }

  private InputScript flv(byte[] file, UnaryOperator<Bytes> lying, LongUnaryOperator arrivalMs) {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(file));
    FlvTrackReader tracks = new FlvTrackReader();
    for (Optional<FlvTag> next = reader.next(); next.isPresent(); next = reader.next()) {
      FlvTag tag = next.get();
      long ms = tag.timestampMs();
      long arrivalNs = START_UTC_NS + arrivalMs.applyAsLong(ms) * 1_000_000;
      List<FlvEvent> events =
          switch (tag.type()) {
            case FlvTag.VIDEO -> tracks.video(lying.apply(tag.body()), (int) ms);
            case FlvTag.AUDIO -> tracks.audio(lying.apply(tag.body()), (int) ms);
            default -> List.of();
          };
      for (FlvEvent event : events) {
        switch (event) {
          case FlvEvent.Configured made ->
              announce(Track.of(id(made.kind(), made.track()), made.kind(), made.codec(), 1000));
          case FlvEvent.AccessUnit unit -> {
            long dts = ms + unit.offsetMs();
            sample(
                new Sample(
                    id(unit.kind(), unit.track()),
                    dts,
                    dts + unit.compositionTimeMs(),
                    unit.keyframe(),
                    arrivalNs,
                    unit.data()));
          }
          case FlvEvent.Refused(String why) -> throw new AssertionError(why);
        }
      }
    }
    return this;
  }

  private static int id(TrackKind kind, int track) {
    return (kind == TrackKind.VIDEO ? VIDEO : AUDIO) + track;
  }

  RecordingSink run() {
    RecordingSink sink = new RecordingSink();
    Packager packager = new Packager(PackagerLimits.DEFAULT, sink);
    entries.forEach(packager::accept);
    return sink;
  }
}
