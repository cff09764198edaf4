package io.millrace.delivery.dash;

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
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Writes what a publisher sends to whom awkward things happen, one after the other in an order that
 * a seed decides, and gives what the packager makes of it.
 */
final class PackagedScript {
  private static final int VIDEO = 1;
  private static final int SOUND = 2;
  private static final int MORE_SOUND = 3;
  private static final long MS_NS = 1_000_000L;
  private static final long START_UTC_NS = 1_800_000_000_000_000_000L;
  private static final int FRAME_MS = 40;
  private static final int TICK_MS = 200;
  private static final AvcConfiguration LARGE = avc("0164001fffe000", 1280, 720);
  private static final AvcConfiguration SMALL = avc("014d001effe000", 640, 360);
  private static final TimelineSettings SETTINGS =
      new TimelineSettings(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(8));

  private record Arrival(long ms, InputRecord record) {}

  private final ChannelId channel;
  private final Random random;
  private final List<InputRecord> input = new ArrayList<>();
  private final List<Arrival> onTheWay = new ArrayList<>();

  /** When it is. */
  private long nowMs;

  /** What the publisher's timestamps are ahead of that. */
  private long aheadMs;

  private double soundMs;
  private int gopFrames = 25;
  private long frames;
  private boolean reordered;
  private boolean moreSound;
  private int marks;
  private AvcConfiguration picture = LARGE;
  private int sampleRate = 48_000;

  private PackagedScript(ChannelId channel, long seed) {
    this.channel = channel;
    this.random = new Random(seed);
  }

  /** What a channel's window is told; the parts' bytes too. */
  static List<FeedMessage> feed(ChannelId channel, long seed) {
    PackagedScript script = new PackagedScript(channel, seed);
    script.write();
    return script.packaged();
  }

  private void write() {
    input.add(
        new InputRecord.BroadcastOpened(
            new BroadcastId(new UUID(0x7000, 2)),
            new TimelineId(new UUID(0x7000, 1)),
            SETTINGS,
            START_UTC_NS));
    input.add(new InputRecord.SourceStarted(START_UTC_NS));
    reordered = random.nextBoolean();
    gopFrames = 10 + random.nextInt(40);
    announce(random.nextInt(4) > 0, random.nextInt(4) > 0);
    play(4_000);
    announce(true, true);
    for (int event = 0; event < 6; event++) {
      happen(random.nextInt(12));
      play(500 + random.nextInt(6_000));
    }
    arrive();
    input.add(new InputRecord.BroadcastClosed(utcNs(nowMs)));
  }

  private void happen(int what) {
    switch (what) {
      case 0 -> play(1_000L + random.nextInt(12_000), /* video= */ false, /* sound= */ true);
      case 1 -> {
        play(12_000, /* video= */ false, /* sound= */ true);
        picture = picture.equals(LARGE) ? SMALL : LARGE;
        announce(true, true);
      }
      case 2 -> play(1_000L + random.nextInt(8_000), /* video= */ true, /* sound= */ false);
      case 3 -> held(3_000, true, true);
      case 4 -> held(500L + random.nextInt(3_000), true, false);
      case 5 -> held(500L + random.nextInt(3_000), false, true);
      case 6 -> reconnect(random.nextInt(5_000));
      case 7 -> {
        picture = picture.equals(LARGE) ? SMALL : LARGE;
        frames = 0;
        announce(true, true);
      }
      case 8 -> {
        sampleRate = sampleRate == 48_000 ? 44_100 : 48_000;
        announce(true, true);
      }
      case 9 -> {
        nowMs += random.nextBoolean() ? 600 : 0;
        aheadMs -= random.nextInt(3) * 300L;
        play(31_000);
      }
      case 10 -> {
        moreSound = !moreSound;
        announce(true, true);
      }
      default -> {
        gopFrames = 5 + random.nextInt(100);
        reordered = !reordered;
        mark();
      }
    }
  }

  private void mark() {
    input.add(
        new InputRecord.DateRangeMarked(
            new IndexRecord.DateRange(
                "range " + marks++,
                "com.example.mark",
                utcNs(nowMs) + 500 * MS_NS,
                2_000 * MS_NS,
                Map.of("X-A", "\"1\"")),
            utcNs(nowMs)));
  }

  private void reconnect(int awayMs) {
    arrive();
    input.add(new InputRecord.SourceLost(utcNs(nowMs)));
    for (int ms = 0; ms < awayMs; ms += TICK_MS) {
      input.add(new InputRecord.ClockTicked(utcNs(nowMs + ms)));
    }
    nowMs += awayMs;
    input.add(new InputRecord.SourceStarted(utcNs(nowMs)));
    aheadMs = -nowMs;
    soundMs = nowMs;
    frames = random.nextInt(3) == 0 ? 1 : 0;
    announce(true, random.nextInt(4) > 0);
    if (random.nextInt(3) == 0) {
      play(random.nextInt(3_000), /* video= */ random.nextBoolean(), /* sound= */ true);
      announce(true, true);
    }
  }

  private void announce(boolean video, boolean sound) {
    if (video) {
      later(nowMs, new InputRecord.TrackAnnounced(track(VIDEO)));
    }
    if (sound) {
      later(nowMs, new InputRecord.TrackAnnounced(track(SOUND)));
    }
    if (moreSound) {
      later(nowMs, new InputRecord.TrackAnnounced(track(MORE_SOUND)));
    }
    arrive();
  }

  private Track track(int id) {
    return id == VIDEO
        ? Track.of(id, TrackKind.VIDEO, picture, 1_000)
        : Track.of(
            id,
            TrackKind.AUDIO,
            new AacConfiguration(Bytes.ofHex("1190"), 2, sampleRate, 2, 1024),
            1_000);
  }

  private static AvcConfiguration avc(String data, int width, int height) {
    return new AvcConfiguration(Bytes.ofHex(data), 0x64, 0, 0x1f, 4, width, height, 0);
  }

  private void play(long lengthMs) {
    play(lengthMs, /* video= */ true, /* sound= */ true);
  }

  private void play(long lengthMs, boolean video, boolean sound) {
    produce(lengthMs, video, sound, /* heldVideo= */ false, /* heldSound= */ false);
    arrive();
  }

  /** The tracks' samples of a while come at its end. */
  private void held(long lengthMs, boolean video, boolean sound) {
    produce(lengthMs, /* video= */ true, /* sound= */ true, video, sound);
    if (random.nextInt(3) > 0) {
      arrive();
    }
  }

  private void produce(
      long lengthMs, boolean video, boolean sound, boolean heldVideo, boolean heldSound) {
    long endMs = nowMs + lengthMs;
    for (; nowMs < endMs; nowMs += FRAME_MS) {
      if (video) {
        video(heldVideo ? endMs : nowMs);
      } else {
        frames = 0; // it comes back with a keyframe
      }
      for (; soundMs < nowMs; soundMs += 1_024_000.0 / sampleRate) {
        if (sound) {
          sound(heldSound ? endMs : nowMs);
        }
      }
    }
  }

  private void video(long arrivalMs) {
    boolean keyframe = frames % gopFrames == 0;
    long reorder = reordered ? (keyframe ? 2 : frames % 2 == 0 ? 1 : 3) : 0;
    byte[] data = new byte[100 + random.nextInt(400)];
    data[3] = (byte) (data.length - 4);
    data[2] = (byte) ((data.length - 4) >> 8);
    data[4] = (byte) (keyframe ? 0x65 : 0x41);
    long dts = nowMs + aheadMs;
    later(
        arrivalMs,
        new InputRecord.SampleArrived(
            new Sample(
                VIDEO,
                dts,
                dts + reorder * FRAME_MS,
                keyframe,
                utcNs(arrivalMs),
                Bytes.wrap(data))));
    frames++;
  }

  private void sound(long arrivalMs) {
    long dts = Math.round(soundMs) + aheadMs;
    for (int id = SOUND; id <= (moreSound ? MORE_SOUND : SOUND); id++) {
      later(
          arrivalMs,
          new InputRecord.SampleArrived(
              new Sample(id, dts, dts, true, utcNs(arrivalMs), Bytes.wrap(new byte[] {1, 2, 3}))));
    }
  }

  private void later(long ms, InputRecord record) {
    onTheWay.add(new Arrival(ms, record));
  }

  /** All that is on the way arrives, in order. */
  private void arrive() {
    onTheWay.sort(Comparator.comparingLong(Arrival::ms));
    onTheWay.forEach(arrival -> input.add(arrival.record()));
    onTheWay.clear();
  }

  private static long utcNs(long ms) {
    return START_UTC_NS + ms * MS_NS;
  }

  private List<FeedMessage> packaged() {
    Fence fence = new Fence(1, 1);
    List<FeedMessage> feed = new ArrayList<>();
    Packager packager =
        new Packager(
            PackagerLimits.DEFAULT,
            new PackagerSink() {
              private long number;

              @Override
              public void part(PartKey key, Bytes data) {
                feed.add(new FeedMessage.Part(channel, fence, key, data));
              }

              @Override
              public void record(IndexRecord record) {
                feed.add(new FeedMessage.Index(channel, new IndexEntry(++number, fence, record)));
              }

              @Override
              public void irregularity(Irregularity kind, long samples) {}
            });
    for (int i = 0; i < input.size(); i++) {
      packager.accept(new InputEntry(i + 1L, fence, input.get(i)));
    }
    return feed;
  }
}
