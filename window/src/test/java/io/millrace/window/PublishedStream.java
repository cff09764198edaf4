package io.millrace.window;

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
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Publishes a stream as a packager would: video {@code v1} and audio {@code a2}, segments of 1 s,
 * parts of 200 ms. Every call returns the messages that it means, in order.
 */
public final class PublishedStream {
  public static final long PART_NS = 200_000_000L;
  public static final int PARTS = 5;
  public static final int KEYFRAME_BYTES = 1_500;
  public static final long UTC_NS = 1_777_629_600_000_000_000L; // 2026-05-01T10:00:00Z
  private static final int VIDEO = 90_000;

  private final ChannelId channel;
  private final Random random;
  private Fence fence = new Fence(1, 1);
  private TimelineId timeline;
  private long number;
  private long msn;
  private int part;
  private long windowMsn;
  private long discontinuities;
  private final List<Long> discontinuityMsns = new ArrayList<>();
  private final int windowSegments;
  private boolean keyframeMissing;
  private int videoBytes = 4_000;
  private int audioBytes = 600;
  private int audioRate = 48_000;
  private VideoConfiguration video =
      new AvcConfiguration(Bytes.ofHex("0164001fffe000"), 0x64, 0, 0x1f, 4, 1280, 720, 30);
  private int videoChanges;
  private final List<Track> moreSound = new ArrayList<>();
  private long keyframeOffset;
  private int lastPart = -1;
  private long awaysNs;
  private long lateNs;

  public PublishedStream(ChannelId channel, int windowSegments) {
    this.channel = channel;
    this.windowSegments = windowSegments;
    this.random = new Random(channel.value().getLeastSignificantBits());
    this.timeline = new TimelineId(new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L));
  }

  public static ChannelId channelId(int number) {
    return new ChannelId(new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_1000L + number));
  }

  public TimelineId timeline() {
    return timeline;
  }

  public ChannelId channel() {
    return channel;
  }

  public long msn() {
    return msn;
  }

  /** The number of the open segment's next part. */
  public int nextPart() {
    return part;
  }

  public long lastNumber() {
    return number;
  }

  public Fence fence() {
    return fence;
  }

  public void fence(Fence newFence) {
    fence = newFence;
    number = 0;
  }

  /** A broadcast with one timeline, its tracks, init sections and target duration. */
  public List<FeedMessage> open() {
    List<FeedMessage> out = new ArrayList<>();
    TimelineSettings settings =
        new TimelineSettings(
            Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(windowSegments));
    out.add(
        index(
            new IndexRecord.TimelineOpened(
                new BroadcastId(timeline.value()), timeline, settings, UTC_NS)));
    out.addAll(describeVideo(video));
    out.add(index(new IndexRecord.TrackDescribed(audio())));
    out.add(index(init(1)));
    out.add(index(init(2)));
    out.add(index(new IndexRecord.ClockAnchored(0, 0, UTC_NS)));
    out.add(index(new IndexRecord.TargetDurationFixed(1)));
    return out;
  }

  /** The next broadcast on the same channel. */
  public List<FeedMessage> openNext() {
    timeline =
        new TimelineId(
            new UUID(
                timeline.value().getMostSignificantBits() + (1L << 16),
                timeline.value().getLeastSignificantBits() + 1));
    msn = 0;
    part = 0;
    windowMsn = 0;
    discontinuities = 0;
    discontinuityMsns.clear();
    awaysNs = 0;
    lateNs = 0;
    return open();
  }

  /** The video with a frame rate that was not known before. */
  public List<FeedMessage> describeVideo(double frameRate) {
    return describeVideo(video.withFrameRate(frameRate));
  }

  /** The video with what was not known before; the init section says the same. */
  public List<FeedMessage> describeVideo(VideoConfiguration known) {
    video = known;
    return List.of(
        index(new IndexRecord.TrackDescribed(Track.of(1, TrackKind.VIDEO, video, VIDEO))));
  }

  /**
   * The open segment, which must be empty, begins with another picture, in a stretch of its own.
   */
  public List<FeedMessage> changeVideo(VideoConfiguration next) {
    List<FeedMessage> out = new ArrayList<>(reconnect(0));
    out.addAll(describeVideo(next));
    videoChanges++;
    out.add(index(init(1)));
    return out;
  }

  /** HEVC at 50 frames a second, with the primaries of BT.2020. */
  public static HevcConfiguration hevc(int width, int height, int transfer) {
    PictureFormat picture =
        PictureFormat.of(width, height, 50).withColour(new Colour(9, transfer, 9, false));
    return new HevcConfiguration(
        Bytes.ofHex("01"),
        /* profileSpace= */ 0,
        /* highTier= */ false,
        /* profile= */ 2,
        /* compatibility= */ 0x2000_0000L,
        /* constraints= */ 0xB000_0000_0000L,
        /* level= */ 120,
        /* nalLengthSize= */ 4,
        picture);
  }

  private Track audio() {
    AacConfiguration aac = new AacConfiguration(Bytes.ofHex("1190"), 2, audioRate, 2, 1024);
    return Track.of(2, TrackKind.AUDIO, aac, audioRate);
  }

  private IndexRecord.InitSection init(int rendition) {
    int changes = rendition == 1 ? videoChanges : rendition > 2 || audioRate == 48_000 ? 0 : 1;
    byte version = (byte) (rendition + 10 * changes);
    Bytes data = Bytes.wrap(new byte[] {0, 0, 0, 8, 'f', 't', 'y', version});
    return new IndexRecord.InitSection(rendition, msn, sha256(data).slice(0, 8).toHex(), data);
  }

  /** A further track of sound from the open segment on, which must be empty. */
  public List<FeedMessage> addSound(Track track) {
    moreSound.add(track);
    return List.of(index(new IndexRecord.TrackDescribed(track)), index(init(track.id())));
  }

  /** The open segment, which must be empty, begins with another sampling rate. */
  public List<FeedMessage> changeSound(int sampleRate) {
    List<FeedMessage> out = new ArrayList<>(discontinuity());
    audioRate = sampleRate;
    out.add(index(new IndexRecord.TrackDescribed(audio())));
    out.add(index(init(2)));
    return out;
  }

  /** Parts have so many bytes from now on. */
  public PublishedStream partBytes(int ofVideo, int ofAudio) {
    videoBytes = ofVideo;
    audioBytes = ofAudio;
    return this;
  }

  /** The composition offset of the pictures that segments begin with from now on. */
  public void keyframeOffset(long ticks) {
    keyframeOffset = ticks;
  }

  /** The part of that number is marked as its segment's last, in those that come from now on. */
  public void markLast(int number) {
    lastPart = number;
  }

  /** A date range from {@code startNs} after the beginning on. */
  public List<FeedMessage> dateRange(String id, long startNs, long durationNs) {
    return dateRange(id, "", startNs, durationNs, Map.of());
  }

  /** The same with a class and attributes. */
  public List<FeedMessage> dateRange(
      String id, String rangeClass, long startNs, long durationNs, Map<String, String> attributes) {
    return List.of(
        index(new IndexRecord.DateRange(id, rangeClass, UTC_NS + startNs, durationNs, attributes)));
  }

  /** The next part of both renditions; closes the segment after its last, and moves the window. */
  public List<FeedMessage> part() {
    List<FeedMessage> out = longPart();
    if (part == PARTS) {
      out.addAll(endSegment());
    }
    return out;
  }

  /** The next part of both renditions; the segment goes on after its last. */
  public List<FeedMessage> longPart() {
    List<FeedMessage> out = new ArrayList<>();
    out.addAll(part(1, VIDEO));
    out.addAll(part(2, audioRate));
    moreSound.forEach(track -> out.addAll(part(track.id(), track.timescale())));
    part++;
    return out;
  }

  /** The next part of one rendition, and a gap in place of the other's. */
  public List<FeedMessage> partOf(int rendition) {
    List<FeedMessage> out = new ArrayList<>();
    out.addAll(rendition == 1 ? part(1, VIDEO) : List.of(gapOf(1)));
    out.addAll(rendition == 2 ? part(2, audioRate) : List.of(gapOf(2)));
    part++;
    if (part == PARTS) {
      out.addAll(endSegment());
    }
    return out;
  }

  /** So many parts. */
  public List<FeedMessage> parts(int count) {
    List<FeedMessage> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.addAll(part());
    }
    return out;
  }

  /** So many whole segments. */
  public List<FeedMessage> segments(int count) {
    return parts(count * PARTS);
  }

  private List<FeedMessage> part(int rendition, int timescale) {
    PartKey key = new PartKey(timeline, rendition, msn, part);
    byte[] bytes = new byte[rendition == 1 ? videoBytes : audioBytes];
    random.nextBytes(bytes);
    Bytes data = Bytes.wrap(bytes);
    long ticks = timescale / PARTS;
    long startTicks = (msn * PARTS + part) * ticks;
    FeedMessage published =
        index(
            new IndexRecord.PartPublished(
                key,
                startTicks,
                ticks,
                rendition != 1 || (part == 0 && !keyframeMissing),
                data.length(),
                sha256(data),
                UTC_NS + (msn * PARTS + part + 1) * PART_NS + lateNs,
                rendition == 1 && part == 0 && !keyframeMissing
                    ? Math.min(videoBytes, KEYFRAME_BYTES)
                    : 0,
                startTicks + (rendition == 1 && part == 0 ? keyframeOffset : 0),
                part == lastPart));
    return List.of(new FeedMessage.Part(channel, fence, key, data), published);
  }

  /** Ends the open segment, be it short. */
  public List<FeedMessage> endSegment() {
    List<FeedMessage> out = new ArrayList<>();
    out.add(index(new IndexRecord.SegmentEnded(1, msn, part, (long) part * VIDEO / PARTS)));
    out.add(index(new IndexRecord.SegmentEnded(2, msn, part, (long) part * audioRate / PARTS)));
    for (Track track : moreSound) {
      long ticks = (long) part * track.timescale() / PARTS;
      out.add(index(new IndexRecord.SegmentEnded(track.id(), msn, part, ticks)));
    }
    msn++;
    part = 0;
    keyframeMissing = false;
    if (msn - windowMsn > windowSegments) {
      windowMsn++;
      discontinuities = discontinuityMsns.stream().filter(at -> at < windowMsn).count();
      out.add(index(new IndexRecord.WindowStarted(windowMsn, discontinuities)));
    }
    return out;
  }

  /** The open segment, which must be empty, begins after a discontinuity. */
  public List<FeedMessage> discontinuity() {
    discontinuityMsns.add(msn);
    return List.of(index(new IndexRecord.Discontinuity(msn)));
  }

  /**
   * The same where the publisher was away for some time, which is in UTC and not in media time: the
   * clock is anchored anew.
   */
  public List<FeedMessage> reconnect(long awayNs) {
    List<FeedMessage> out = new ArrayList<>(discontinuity());
    lateNs += awayNs;
    out.addAll(correctClock(awayNs));
    return out;
  }

  /** The open segment, which must be empty, is so much later by the clock than it was. */
  public List<FeedMessage> correctClock(long laterNs) {
    long mediaNs = msn * PARTS * PART_NS;
    awaysNs += laterNs;
    return List.of(index(new IndexRecord.ClockAnchored(msn, mediaNs, UTC_NS + mediaNs + awaysNs)));
  }

  /** The next video segment is cut before its keyframe has come. */
  public void cutWithoutKeyframe() {
    keyframeMissing = true;
  }

  /** A gap in place of the next part of both renditions. */
  public List<FeedMessage> gap() {
    List<FeedMessage> out = new ArrayList<>();
    out.add(gapOf(1));
    out.add(gapOf(2));
    part++;
    return out;
  }

  private FeedMessage gapOf(int rendition) {
    long ticks = (rendition == 1 ? VIDEO : audioRate) / PARTS;
    PartKey key = new PartKey(timeline, rendition, msn, part);
    return index(new IndexRecord.GapPublished(key, (msn * PARTS + part) * ticks, ticks));
  }

  /** So many gaps; closes the segment after its last. */
  public List<FeedMessage> gaps(int count) {
    List<FeedMessage> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.addAll(gap());
      if (part == PARTS) {
        out.addAll(endSegment());
      }
    }
    return out;
  }

  public List<FeedMessage> end() {
    return List.of(index(new IndexRecord.BroadcastEnded(UTC_NS + msn * PARTS * PART_NS)));
  }

  private FeedMessage index(IndexRecord record) {
    return new FeedMessage.Index(channel, new IndexEntry(++number, fence, record));
  }

  public static Bytes sha256(Bytes data) {
    try {
      return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(data.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
