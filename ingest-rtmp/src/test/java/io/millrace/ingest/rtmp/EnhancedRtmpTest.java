package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.ingest.FakeFabric;
import io.millrace.ingest.FakeFollower;
import io.millrace.ingest.FakeNodeDirectory;
import io.millrace.ingest.FakeNodeReports;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.session.SessionConfig;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputRecord;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FFmpeg 8 pushes over enhanced RTMP; what comes is packaged, and FFmpeg plays the parts. */
class EnhancedRtmpTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PICTURE = "testsrc2=size=64x48:rate=30:duration=3";
  private static final String TONE = "sine=frequency=440:sample_rate=48000:duration=3";

  @TempDir Path directory;

  private final FakeFabric fabric = FakeFabric.threaded();
  private final FakeNodeDirectory channels = new FakeNodeDirectory();
  private final FakeFollower packager = new FakeFollower();
  private Ingest ingest;
  private RtmpServer server;

  @BeforeEach
  void start() {
    PrometheusRegistry registry = new PrometheusRegistry();
    channels.put(FakeNodeDirectory.channel("demo", "secret"));
    ingest = new Ingest(IngestConfig.defaults(), fabric, channels, new FakeNodeReports(), registry);
    server = RtmpServer.start(config(), ingest, registry);
    fabric.execute(() -> fabric.source().attach(new FollowingFollower()));
  }

  @AfterEach
  void stop() {
    ingest.close();
    server.close();
    fabric.close();
  }

  @Test
  void takesAv1AndOpus() throws IOException {
    Made made =
        push(
            "-f lavfi -i " + PICTURE + " -f lavfi -i " + TONE,
            "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 30 -pix_fmt yuv420p -b:v 60k"
                + " -c:a libopus -ac 2 -b:a 32k");

    made.assertPlays(1, "av01\\.0\\.00M\\.08.*", directory);
    made.assertPlays(2, "Opus", directory);
  }

  @Test
  void takesHevcAndFlac() throws IOException {
    assumeTrue(Ffmpeg.isInstalled(), "needs ffmpeg");
    Path hevc = directory.resolve("hevc.mp4");
    Ffmpeg.Result encoded =
        Ffmpeg.runOlder(
            directory,
            words(
                "-f lavfi -i "
                    + PICTURE
                    + " -c:v libx265 -preset ultrafast -x265-params"
                    + " keyint=30:min-keyint=30:open-gop=0:log-level=none -tag:v hvc1 "
                    + hevc));
    assertThat(encoded.exitStatus()).as(encoded.output()).isZero();

    Made made =
        push("-i " + hevc + " -f lavfi -i " + TONE, "-map 0:v -map 1:a -c:v copy -c:a flac -ac 1");

    made.assertPlays(1, "hvc1\\.1\\.6\\.L30\\.90", directory);
    made.assertPlays(2, "fLaC", directory);
  }

  @Test
  void takesVp9AndAc3() throws IOException {
    Made made =
        push(
            "-f lavfi -i " + PICTURE + " -f lavfi -i " + TONE,
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30 -pix_fmt yuv420p -b:v 60k"
                + " -c:a ac3 -ac 2 -b:a 64k");

    made.assertPlays(1, "vp09\\.00\\.10\\.08", directory);
    made.assertPlays(2, "ac-3", directory);
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  /** Encodes and pushes; what a packager makes of it. */
  private Made push(String inputs, String codecs) throws IOException {
    List<String> arguments = new ArrayList<>(words(inputs + " " + codecs));
    arguments.addAll(List.of("-f", "flv", "rtmp://127.0.0.1:" + server.port() + "/live/secret"));

    Ffmpeg.Result pushed = Ffmpeg.runNewer(directory, arguments);

    assertThat(pushed.exitStatus()).as(pushed.output()).isZero();
    await().atMost(SOON).until(() -> packager.records(InputRecord.SourceLost.class).size() == 1);
    Made made = new Made();
    Packager function = new Packager(PackagerLimits.DEFAULT, made);
    packager.entries().forEach(function::accept);
    return made;
  }

  /** What was packaged: the init section and the parts of each rendition. */
  private static final class Made implements PackagerSink {
    private final Map<Integer, String> codecs = new TreeMap<>();
    private final Map<Integer, ByteArrayOutputStream> files = new TreeMap<>();
    private final Map<Integer, Integer> parts = new TreeMap<>();
    private final List<IndexRecord> discontinuities = new ArrayList<>();

    @Override
    public void part(PartKey key, Bytes data) {
      parts.merge(key.rendition(), 1, Integer::sum);
      append(key.rendition(), data);
    }

    @Override
    public void record(IndexRecord record) {
      switch (record) {
        case IndexRecord.TrackDescribed(var track) ->
            codecs.put(track.id(), track.codec().codecsString());
        case IndexRecord.InitSection init -> append(init.rendition(), init.data());
        case IndexRecord.Discontinuity discontinuity -> discontinuities.add(discontinuity);
        default -> {}
      }
    }

    @Override
    public void irregularity(Irregularity kind, long samples) {}

    private void append(int rendition, Bytes data) {
      files
          .computeIfAbsent(rendition, id -> new ByteArrayOutputStream())
          .writeBytes(data.toArray());
    }

    void assertPlays(int rendition, String codecsString, Path directory) throws IOException {
      assertThat(codecs.get(rendition)).matches(codecsString);
      // Three seconds in parts of 210 ms at most, in one stretch.
      assertThat(parts.get(rendition)).isGreaterThanOrEqualTo(13);
      assertThat(discontinuities).isEmpty();
      Path file = Files.write(directory.resolve("made.mp4"), files.get(rendition).toByteArray());
      Ffmpeg.Result played =
          Ffmpeg.runNewer(directory, List.of("-v", "warning", "-i", "" + file, "-f", "null", "-"));
      assertThat(played.exitStatus()).isZero();
      assertThat(played.output()).isEmpty();
    }
  }

  /** Follows each channel that is announced, as a packager does. */
  private final class FollowingFollower implements Follower {
    @Override
    public void send(FeedMessage message) {
      packager.send(message);
      if (message instanceof FeedMessage.Announced(ChannelId channel, var _)) {
        fabric.execute(() -> fabric.source().follow(channel, 0, packager));
      }
    }
  }

  private static RtmpConfig config() {
    return new RtmpConfig(
        "", 0, 100, 100, ChunkLimits.defaults(), 64 << 20, SessionConfig.defaults());
  }
}
