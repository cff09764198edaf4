package io.millrace.fabric.wire;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.MasteringDisplay;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One message or more of every kind, with values at the edges of their ranges. */
final class WireSamples {
  static final ChannelId CHANNEL =
      new ChannelId(UUID.fromString("01934f6e-0000-7abc-8def-0123456789ab"));
  static final TimelineId TIMELINE =
      new TimelineId(UUID.fromString("01934f6e-1111-7abc-bdef-fedcba987654"));
  static final BroadcastId BROADCAST =
      new BroadcastId(UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"));
  static final PartKey KEY = new PartKey(TIMELINE, Integer.MAX_VALUE, Long.MAX_VALUE, 0);
  static final Fence FENCE = new Fence(7, Long.MAX_VALUE);

  private WireSamples() {}

  static Track video() {
    return new Track(
        1,
        TrackKind.VIDEO,
        new AvcConfiguration(
            Bytes.ofHex("0164001fffe1"), 100, 0, 31, 4, 1280, 720, 30_000 / 1_001.0),
        90_000,
        "und",
        "main",
        "Übersicht 🎬",
        "group",
        "cbcs");
  }

  /** A track of each codec, its pictures described in full. */
  static List<Track> tracksOfEveryCodec() {
    Chromaticity point = new Chromaticity(13_250, 34_500);
    PictureFormat picture =
        new PictureFormat(
            3840,
            2160,
            4,
            3,
            60_000 / 1_001.0,
            10,
            1,
            new Colour(9, 16, 9, true),
            new MasteringDisplay(point, point, point, point, 0xFFFF_FFFFL, 1),
            new ContentLight(1_000, 400));
    List<CodecConfiguration> codecs =
        List.of(
            ((AvcConfiguration) video().codec()).withPicture(picture),
            HevcConfiguration.parse(
                    Bytes.ofHex("0102 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 00"))
                .withPicture(picture),
            Av1Configuration.parse(Bytes.ofHex("81000c000a0d00000002aff79b5f2204040208"))
                .withPicture(picture),
            Vp9Configuration.parse(Bytes.ofHex("000a820202020000")).withPicture(picture),
            AacConfiguration.parse(Bytes.ofHex("2b118800")),
            OpusConfiguration.unknown(2),
            Ac3Configuration.parse(Bytes.ofHex("101180")),
            Eac3Configuration.parse(Bytes.ofHex("0200200400")),
            Mp3Configuration.parse(Bytes.ofHex("fffb5064")),
            FlacConfiguration.parse(
                Bytes.ofHex(
                    "12001200 000000 000000 0bb802f0 00000000"
                        + "00000000000000000000000000000000")));
    List<Track> tracks = new ArrayList<>();
    for (CodecConfiguration codec : codecs) {
      TrackKind kind = codec instanceof VideoConfiguration ? TrackKind.VIDEO : TrackKind.AUDIO;
      tracks.add(Track.of(tracks.size() + 1, kind, codec, 1_000));
    }
    return tracks;
  }

  static Track audio(TrackKind kind) {
    return Track.of(
        2, kind, new AacConfiguration(Bytes.ofHex("1190"), 2, 48_000, 2, 1_024), 48_000);
  }

  static List<InputRecord> inputRecords() {
    return List.of(
        new InputRecord.BroadcastOpened(BROADCAST, TIMELINE, TimelineSettings.DEFAULT, 1),
        new InputRecord.SourceStarted(Long.MAX_VALUE),
        new InputRecord.TrackAnnounced(video()),
        new InputRecord.TrackAnnounced(audio(TrackKind.AUDIO)),
        new InputRecord.TrackAnnounced(audio(TrackKind.TEXT)),
        new InputRecord.TrackAnnounced(audio(TrackKind.METADATA)),
        new InputRecord.SampleArrived(new Sample(1, -1, Long.MIN_VALUE, true, 9, bytes(40_000))),
        new InputRecord.SampleArrived(new Sample(2, 3, 4, false, -9, Bytes.EMPTY)),
        new InputRecord.SamplesDropped(3, 1L << 40, 5),
        new InputRecord.SourceLost(6),
        new InputRecord.BroadcastClosed(7),
        new InputRecord.DateRangeMarked(
            new IndexRecord.DateRange("ad-1", "com.example", 1, -1, Map.of("X-A", "1", "X-B", "")),
            Long.MIN_VALUE),
        new InputRecord.DateRangeMarked(new IndexRecord.DateRange("", "", -1, 2, Map.of()), 9),
        new InputRecord.ClockTicked(8));
  }

  static List<IndexRecord> indexRecords() {
    return List.of(
        new IndexRecord.TimelineOpened(
            BROADCAST,
            TIMELINE,
            new TimelineSettings(
                Duration.ofNanos(123_456_789), Duration.ofSeconds(6), Duration.ofHours(2)),
            -1),
        new IndexRecord.TrackDescribed(video()),
        new IndexRecord.TrackDescribed(audio(TrackKind.AUDIO)),
        new IndexRecord.InitSection(1, 5, "0123456789abcdef", bytes(700)),
        new IndexRecord.TargetDurationFixed(6),
        new IndexRecord.PartTargetFixed(1, 175_000_000),
        new IndexRecord.ClockAnchored(1, 2, 3),
        new IndexRecord.PartPublished(KEY, 1, 2, true, 75_000, bytes(32), 3, 60_000, 4, true),
        new IndexRecord.PartPublished(KEY, -1, -2, false, 0, Bytes.EMPTY, -3, 0, -4, false),
        new IndexRecord.GapPublished(KEY, 4, 5),
        new IndexRecord.SegmentEnded(2, 3, 10, 180_000),
        new IndexRecord.Discontinuity(Long.MAX_VALUE),
        new IndexRecord.DateRange("ad-1", "com.example", 1, -1, Map.of("X-A", "1", "X-B", "")),
        new IndexRecord.DateRange("", "", 1, 2, Map.of()),
        new IndexRecord.WindowStarted(11, 12),
        new IndexRecord.BroadcastEnded(13));
  }

  static List<FeedMessage> feed() {
    List<FeedMessage> messages = new ArrayList<>();
    for (Feed feed : Feed.values()) {
      messages.add(new FeedMessage.Announced(CHANNEL, feed));
      messages.add(new FeedMessage.Withdrawn(CHANNEL, feed));
      messages.add(new FeedMessage.SnapshotBegun(CHANNEL, feed));
      messages.add(new FeedMessage.SnapshotEnded(CHANNEL, feed, Long.MAX_VALUE));
    }
    inputRecords()
        .forEach(r -> messages.add(new FeedMessage.Input(CHANNEL, new InputEntry(1, FENCE, r))));
    indexRecords()
        .forEach(
            r ->
                messages.add(
                    new FeedMessage.Index(CHANNEL, new IndexEntry(Long.MAX_VALUE, FENCE, r))));
    messages.add(new FeedMessage.Part(CHANNEL, FENCE, KEY, bytes(50_000)));
    messages.add(new FeedMessage.Part(CHANNEL, FENCE, KEY, Bytes.EMPTY));
    messages.add(new FeedMessage.PartUnavailable(CHANNEL, KEY));
    messages.add(new FeedMessage.InputCheckpoint(CHANNEL, new Checkpoint(12, FENCE, bytes(300))));
    return messages;
  }

  static List<ControlMessage> control() {
    List<ControlMessage> messages = new ArrayList<>();
    messages.add(
        new ControlMessage.Hello(1, -2, 1, 65_534, Feed.WINDOW, 100, 2, "[2001:db8::1]:8092"));
    messages.add(new ControlMessage.Hello(1, 2, 1, 1, Feed.INPUT, Integer.MAX_VALUE, 16, ""));
    for (ControlMessage.Answer answer : ControlMessage.Answer.values()) {
      messages.add(new ControlMessage.HelloAnswer(3, 4, answer, 1, List.of(-1, 7)));
    }
    messages.add(
        new ControlMessage.HelloAnswer(3, 4, ControlMessage.Answer.ACCEPTED, 1, List.of()));
    messages.add(new ControlMessage.Heartbeat(1, 2, 3, 4, 5));
    messages.add(new ControlMessage.Goodbye(Long.MIN_VALUE, 6));
    messages.add(new ControlMessage.Follow(7, CHANNEL, 8));
    messages.add(new ControlMessage.Unfollow(9, CHANNEL));
    messages.add(new ControlMessage.Fetch(10, CHANNEL, KEY));
    messages.add(
        new ControlMessage.KeepCheckpoint(
            11, CHANNEL, new Checkpoint(Long.MAX_VALUE, FENCE, bytes(300))));
    return messages;
  }

  static Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    new java.util.Random(length).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }
}
