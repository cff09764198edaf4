package io.millrace.conformance;

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
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What the packager makes of a stream: each rendition's init section and segments, whole. */
final class PackagedClip {
  private static final Path CLIPS =
      Path.of("../packager/src/test/resources/io/millrace/packager/codecs");
  private static final long START_UTC_NS = 1_800_000_000_000_000_000L;

  /** One rendition, with its newest description. */
  static final class Rendition {
    Track track;
    byte[] init = {};
    final Map<Long, Segment> segments = new TreeMap<>();

    private Rendition(Track track) {
      this.track = track;
    }
  }

  /** One segment; times are ticks of its track. */
  static final class Segment {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long presentation = Long.MAX_VALUE;
    long duration;

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  final Map<Integer, Rendition> renditions = new LinkedHashMap<>();
  int targetDuration;
  private final List<InputEntry> entries = new ArrayList<>();

  private PackagedClip() {
    add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(new UUID(0x7000, 2)),
            new TimelineId(new UUID(0x7000, 1)),
            TimelineSettings.DEFAULT,
            START_UTC_NS));
    add(new InputRecord.SourceStarted(START_UTC_NS));
  }

  /** Of a clip that the packager's own tests have. */
  static PackagedClip of(String name) throws IOException {
    PackagedClip clip = new PackagedClip();
    clip.flv(Files.readAllBytes(CLIPS.resolve(name + ".flv")));
    return clip.packaged();
  }

  /** Silence in AAC, with that AudioSpecificConfig, of frames of 1,024 samples at 24 kHz. */
  static PackagedClip ofAac(String audioSpecificConfig) {
    PackagedClip clip = new PackagedClip();
    AacConfiguration aac = AacConfiguration.parse(Bytes.ofHex(audioSpecificConfig));
    clip.add(new InputRecord.TrackAnnounced(Track.of(2, TrackKind.AUDIO, aac, 1_000)));
    for (int frame = 0; frame < 100; frame++) {
      long ms = Math.round(frame * 1_024_000.0 / 24_000);
      clip.sample(TrackKind.AUDIO, 0, ms, ms, true, Bytes.ofHex("211004608c1c"));
    }
    return clip.packaged();
  }

  private void add(InputRecord record) {
    entries.add(new InputEntry(entries.size() + 1, new Fence(1, 1), record));
  }

  private void sample(
      TrackKind kind, int number, long dtsMs, long ptsMs, boolean keyframe, Bytes data) {
    long arrivalNs = START_UTC_NS + dtsMs * 1_000_000;
    Sample sample = new Sample(id(kind, number), dtsMs, ptsMs, keyframe, arrivalNs, data);
    add(new InputRecord.SampleArrived(sample));
  }

  private static int id(TrackKind kind, int number) {
    return (kind == TrackKind.VIDEO ? 1 : 2) + number;
  }

  private void flv(byte[] file) {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(file));
    FlvTrackReader tracks = new FlvTrackReader();
    for (Optional<FlvTag> next = reader.next(); next.isPresent(); next = reader.next()) {
      FlvTag tag = next.get();
      List<FlvEvent> events =
          switch (tag.type()) {
            case FlvTag.VIDEO -> tracks.video(tag.body());
            case FlvTag.AUDIO -> tracks.audio(tag.body());
            default -> List.of();
          };
      events.forEach(event -> take(event, tag.timestampMs()));
    }
  }

  private void take(FlvEvent event, long ms) {
    switch (event) {
      case FlvEvent.Configured made ->
          add(
              new InputRecord.TrackAnnounced(
                  Track.of(id(made.kind(), made.track()), made.kind(), made.codec(), 1_000)));
      case FlvEvent.AccessUnit unit -> {
        long dts = ms + unit.offsetMs();
        long pts = dts + unit.compositionTimeMs();
        sample(unit.kind(), unit.track(), dts, pts, unit.keyframe(), unit.data());
      }
      case FlvEvent.Refused(String why) -> throw new AssertionError(why);
    }
  }

  private PackagedClip packaged() {
    add(new InputRecord.BroadcastClosed(START_UTC_NS + 10_000_000_000L));
    Packager packager = new Packager(PackagerLimits.DEFAULT, new Sink());
    entries.forEach(packager::accept);
    return this;
  }

  private final class Sink implements PackagerSink {
    @Override
    public void part(PartKey key, Bytes data) {
      segment(key).bytes.writeBytes(data.toArray());
    }

    private Segment segment(PartKey key) {
      Rendition rendition = renditions.get(key.rendition());
      return rendition.segments.computeIfAbsent(key.msn(), _ -> new Segment());
    }

    @Override
    public void record(IndexRecord record) {
      switch (record) {
        case IndexRecord.TrackDescribed(Track track) ->
            renditions.computeIfAbsent(track.id(), _ -> new Rendition(track)).track = track;
        case IndexRecord.InitSection init ->
            renditions.get(init.rendition()).init = init.data().toArray();
        case IndexRecord.PartPublished part -> {
          Segment segment = segment(part.key());
          segment.presentation = Math.min(segment.presentation, part.presentationTicks());
          segment.duration += part.durationTicks();
        }
        case IndexRecord.TargetDurationFixed(int seconds) -> targetDuration = seconds;
        default -> {}
      }
    }

    @Override
    public void irregularity(Irregularity kind, long samples) {}
  }
}
