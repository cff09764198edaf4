package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.ingest.CapturedLog;
import io.millrace.ingest.FakeFabric;
import io.millrace.ingest.FakeFollower;
import io.millrace.ingest.FakeNodeDirectory;
import io.millrace.ingest.FakeNodeReports;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.StreamKey;
import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.ingest.rtmp.message.ControlMessage;
import io.millrace.ingest.rtmp.session.SessionConfig;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.flv.FlvAudioTag;
import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.flv.FlvTagReader;
import io.millrace.media.flv.FlvVideoTag;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes with a real ffmpeg and with a publisher made of this module's own parts. */
class RtmpServerTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String PARTIAL_BYTES = "millrace_rtmp_partial_bytes";

  private static final DirectoryChannel DEMO = FakeNodeDirectory.channel("demo", "secret");

  @TempDir private static Path directory;
  private static Path clip;

  private final FakeFabric fabric = FakeFabric.threaded();
  private final FakeNodeDirectory channels = new FakeNodeDirectory();
  private final FakeNodeReports reports = new FakeNodeReports();
  private final FakeFollower packager = new FakeFollower();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private Ingest ingest;
  private RtmpServer server;

  @BeforeAll
  static void makeClip() throws IOException {
    assumeTrue(Ffmpeg.isInstalled(), "needs ffmpeg");
    clip = Ffmpeg.clip(directory, 4);
  }

  @BeforeEach
  void start() {
    channels.put(DEMO);
    ingest = new Ingest(IngestConfig.defaults(), fabric, channels, reports, registry);
    server = RtmpServer.start(config(Duration.ofMillis(100)), ingest, registry);
    fabric.execute(() -> fabric.source().attach(new FollowingFollower()));
  }

  @AfterEach
  void stop() {
    ingest.close();
    server.close();
    fabric.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }

  @Test
  void bringsEverySampleThatFfmpegPushesUnchanged() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, url("/live/secret"));

    assertThat(pushed.exitStatus()).as(pushed.output()).isZero();
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(packager.records(InputRecord.SourceLost.class)).hasSize(1));
    List<Expected> expected = expected(clip);
    assertThat(received(1)).isEqualTo(of(expected, 1)).hasSizeGreaterThan(100);
    assertThat(received(2)).isEqualTo(of(expected, 2)).hasSizeGreaterThan(150);
    assertThat(packager.records().get(0)).isInstanceOf(InputRecord.BroadcastOpened.class);
    assertThat(packager.records().get(1)).isInstanceOf(InputRecord.SourceStarted.class);
    assertThat(packager.records(InputRecord.TrackAnnounced.class))
        .extracting(announced -> announced.track().renditionName())
        .containsExactlyInAnyOrder("v1", "a2");
  }

  @Test
  void tellsOfAStreamOnceAtItsBeginningAndOnceAtItsEnd() throws IOException {
    try (CapturedLog log = new CapturedLog("io.millrace")) {
      Ffmpeg.push(clip, url("/live/secret"));
      await().atMost(SOON).until(() -> !log.lines().isEmpty());
      await().atMost(SOON).until(() -> packager.records(InputRecord.SourceLost.class).size() == 1);
      channels.end(DEMO.id());
      await().atMost(SOON).until(() -> log.lines().size() > 1);

      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().getFirst())
          .startsWith("broadcast begins: channel=demo broadcast=")
          .contains(" protocol=rtmp peer=127.0.0.1:", " encoder=\"Lavf")
          .containsPattern("video=\"avc1\\.[0-9a-f]{6} [0-9]+x[0-9]+ [0-9.]+ fps\"")
          .containsPattern("audio=\"mp4a\\.40\\.2 [0-9]+ Hz\"");
      assertThat(log.lines().getLast())
          .startsWith("broadcast ended: channel=demo broadcast=")
          .endsWith(" dropped=0 reconnects=0");
      assertThat(log.everything()).noneMatch(line -> line.contains("secret"));
    }
  }

  @Test
  void doesNotReadAPublisherWhileTheAgentIsBusyAndLosesNothing() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live", "secret")) {
      publisher.sendSample(0);
      await()
          .atMost(SOON)
          .until(() -> packager.records(InputRecord.SampleArrived.class).size() == 1);
      int samples = 3 * IngestConfig.defaults().queueSamples();
      int sent = 0;
      fabric.full(true);
      try (var _ = fabric.holdAgent()) {
        // A publisher who is not read would block this thread: the rest comes afterwards.
        for (; sent < samples && counter("millrace_rtmp_pauses") == 0; sent++) {
          publisher.sendFrame(0, 1_000);
        }
        await().atMost(SOON).until(() -> counter("millrace_rtmp_pauses") > 0);
      }
      fabric.full(false);
      for (; sent < samples; sent++) {
        publisher.sendFrame(0, 1_000);
      }

      await()
          .atMost(SOON)
          .until(() -> packager.records(InputRecord.SampleArrived.class).size() == samples + 1);
      assertThat(counter("millrace_ingest_dropped_samples")).isZero();
      assertThat(packager.records(InputRecord.SamplesDropped.class)).isEmpty();
    }
  }

  @Test
  void refusesAWrongKeySoThatFfmpegSaysWhy() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, url("/live/wrong"));

    assertThat(pushed.exitStatus()).isNotZero();
    assertThat(pushed.output()).contains("Publishing refused: unknown stream key");
    assertThat(packager.messages()).isEmpty();
  }

  @Test
  void takesAPublisherWhoseChannelIsHeardOfAMomentLater() throws Exception {
    try (RtmpServer patient = RtmpServer.start(config(SOON), ingest, new PrometheusRegistry())) {
      FutureTask<TestPublisher> publishing =
          new FutureTask<>(() -> TestPublisher.publish(patient.port(), "live", "early"));
      Thread.ofVirtual().start(publishing);
      await().atMost(SOON).until(() -> channels.asked(StreamKey.of("early").hash()) > 1);
      channels.put(FakeNodeDirectory.channel("new", "early"));

      try (TestPublisher publisher = publishing.get(SOON.toSeconds(), TimeUnit.SECONDS)) {
        publisher.sendSample(0);
        await()
            .atMost(SOON)
            .until(() -> packager.records(InputRecord.SampleArrived.class).size() == 1);
      }
    }
  }

  @Test
  void tellsAPublisherWithoutAKeyThatItHasNone() throws IOException {
    Ffmpeg.Result pushed = Ffmpeg.push(clip, url("/live"));

    assertThat(pushed.exitStatus()).isNotZero();
    assertThat(pushed.output()).contains("Publishing refused: no stream key was given");
  }

  @Test
  void refusesACodecSoThatFfmpegSaysWhy() throws IOException {
    Path nellymoser = directory.resolve("nellymoser.flv");
    if (!Files.exists(nellymoser)) {
      Ffmpeg.soundClip(nellymoser, "nellymoser");
    }

    Ffmpeg.Result pushed = Ffmpeg.pushPaced(nellymoser, url("/live/secret"));

    assertThat(pushed.output()).contains("Audio codec Nellymoser is not supported: send AAC, Opus");
    assertThat(packager.messages()).isEmpty();
  }

  @Test
  void letsTheNewerSessionOfAKeyTakeOverFromOneThatWentSilent() throws IOException {
    try (TestPublisher first = TestPublisher.publish(server.port(), "live", "secret");
        TestPublisher second = publishAfterSample(first)) {
      second.sendSample(0);

      assertThat(first.readStatus()).isEqualTo("NetStream.Publish.BadName");
      assertThat(first.isClosedByServer()).isTrue();
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(packager.records(InputRecord.SampleArrived.class)).hasSize(2));
      assertThat(packager.records(InputRecord.BroadcastOpened.class)).hasSize(1);
      assertThat(packager.records(InputRecord.SourceStarted.class)).hasSize(2);
      assertThat(packager.records(InputRecord.SourceLost.class)).hasSize(1);
    }
  }

  @Test
  void closesThePublisherWhoseKeyIsRotated() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live/secret/", "")) {
      publisher.sendSample(0);

      channels.put(FakeNodeDirectory.channel("demo", "another"));

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Denied");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
  }

  @Test
  void refusesAPlayer() throws IOException {
    try (TestPublisher player = TestPublisher.connect(server.port(), "live")) {
      player.send(
          CommandWriter.command(
              8, 1, "play", new AmfValue.Num(5), AmfValue.NULL, new AmfValue.Text("demo")));

      assertThat(player.readStatus()).isEqualTo("NetStream.Play.Failed");
      assertThat(player.isClosedByServer()).isTrue();
    }
  }

  @Test
  void closesAConnectionThatBreaksTheProtocol() throws IOException {
    try (TestPublisher peer = TestPublisher.connect(server.port(), "live")) {
      peer.send(ControlMessage.setChunkSize(0));

      assertThat(peer.isClosedByServer()).isTrue();
    }
  }

  @Test
  void closesAConnectionWhoseCommandIsBrokenAndCountsIt() throws IOException {
    Bytes deep = Bytes.ofHex("02 0001 78 00 0000000000000000" + "03 0001 61".repeat(10_000));
    try (TestPublisher peer = TestPublisher.connect(server.port(), "live")) {
      peer.send(new RtmpMessage(3, MessageType.COMMAND_AMF0, 0, 0, deep));

      assertThat(peer.isClosedByServer()).isTrue();
    }
    assertThat(protocolErrors("amf")).isEqualTo(1);
  }

  @Test
  void boundsWhatTheUnfinishedMessagesOfAllConnectionsHold() throws Exception {
    PrometheusRegistry itsRegistry = new PrometheusRegistry();
    ChunkLimits chunks = ChunkLimits.defaults();
    // 200,000 bytes less 16 KiB are counted of each message: two have room in half a MiB.
    double held = 2 * (200_000 - (16 << 10));
    RtmpConfig small = new RtmpConfig("", 0, 100, 100, chunks, 1 << 20, config(SOON).session());
    try (RtmpServer tight = RtmpServer.start(small, ingest, itsRegistry);
        TestPublisher publisher = TestPublisher.publish(tight.port(), "live", "secret")) {
      publisher.sendSample(0);
      try (TestPublisher first = TestPublisher.connect(tight.port(), "live");
          TestPublisher second = TestPublisher.connect(tight.port(), "live");
          TestPublisher third = TestPublisher.connect(tight.port(), "live")) {
        first.sendUnfinished(200_000);
        second.sendUnfinished(200_000);
        await().atMost(SOON).until(() -> value(itsRegistry, PARTIAL_BYTES) == held);

        assertThat(third.isClosedFor(() -> third.sendUnfinished(200_000))).isTrue();

        await().atMost(SOON).until(() -> value(itsRegistry, PARTIAL_BYTES) == held);
        assertThat(value(itsRegistry, "millrace_rtmp_partial_refusals")).isEqualTo(1);
        assertThat(value(itsRegistry, "millrace_rtmp_protocol_errors")).isEqualTo(1);
        publisher.sendFrame(40, 500_000);
        await()
            .atMost(SOON)
            .until(() -> packager.records(InputRecord.SampleArrived.class).size() == 2);
        assertThat(value(itsRegistry, PARTIAL_BYTES)).isEqualTo(held);
        assertThat(value(itsRegistry, "millrace_rtmp_open_connections")).isEqualTo(3);
      }
      await().atMost(SOON).until(() -> value(itsRegistry, PARTIAL_BYTES) == 0);
      publisher.sendFrame(80, 500_000);
      await()
          .atMost(SOON)
          .until(() -> packager.records(InputRecord.SampleArrived.class).size() == 3);
      await().atMost(SOON).until(() -> value(itsRegistry, PARTIAL_BYTES) == 0);
    }
  }

  @Test
  void closesAConnectionThatSendsLargeMediaAndDoesNotPublish() throws IOException {
    try (TestPublisher peer = TestPublisher.connect(server.port(), "live")) {
      assertThat(peer.isClosedFor(() -> peer.sendFrame(0, 300_000))).isTrue();
    }
    assertThat(protocolErrors("limit")).isEqualTo(1);
  }

  @Test
  void closesAPublisherThatSendsLargeMediaAfterItsEnd() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live", "secret")) {
      publisher.sendSample(0);
      publisher.sendFrame(0, 300_000);
      publisher.send(CommandWriter.named("FCUnpublish", 6, "secret"));
      assertThat(publisher.readStatus()).isEqualTo("NetStream.Unpublish.Success");

      assertThat(publisher.isClosedFor(() -> publisher.sendFrame(0, 300_000))).isTrue();
    }
    assertThat(protocolErrors("limit")).isEqualTo(1);
  }

  @Test
  void takesLargeMediaOfAPublisherThatDoesNotWaitForTheAnswer() throws IOException {
    try (TestPublisher publisher = TestPublisher.connect(server.port(), "live")) {
      publisher.sendPublish("secret");
      publisher.sendSample(0);
      publisher.sendFrame(40, 500_000);

      await()
          .atMost(SOON)
          .until(() -> packager.records(InputRecord.SampleArrived.class).size() == 2);
    }
    assertThat(protocolErrors("limit")).isZero();
  }

  /** Each would make an init section and a discontinuity. */
  @Test
  void refusesAPublisherWhoseConfigurationChangesAgainAndAgain() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live", "secret")) {
      for (int i = 0; i < 61; i++) {
        publisher.sendSoundConfiguration("1210");
        publisher.sendSoundConfiguration("1190");
      }

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Rejected");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
    assertThat(packager.records(InputRecord.TrackAnnounced.class)).hasSizeLessThanOrEqualTo(120);
  }

  @Test
  void tellsAPublisherWhyItIsSentAwayThoughItGoesOnSending() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live", "secret")) {
      publisher.sendSample(0);
      channels.put(FakeNodeDirectory.channel("demo", "another"));
      publisher.sendFrame(40, 500_000);

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Denied");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
    assertThat(protocolErrors("limit")).isZero();
  }

  @Test
  void goesOnAfterACommandThatItDoesNotReadOrKnow() throws IOException {
    Bytes amf3 = Bytes.ofHex("02 0001 78 00 0000000000000000 11 0a");
    try (TestPublisher publisher = TestPublisher.publish(server.port(), "live", "secret")) {
      publisher.send(new RtmpMessage(3, MessageType.COMMAND_AMF0, 0, 0, amf3));
      publisher.send(CommandWriter.command(3, 0, "setBandwidth", new AmfValue.Num(0)));
      publisher.sendSample(0);

      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(packager.records(InputRecord.SampleArrived.class)).hasSize(1));
    }
    assertThat(protocolErrors("amf_unsupported")).isEqualTo(1);
  }

  @Test
  void namesThePortThatIsTaken() {
    assertThatThrownBy(
            () ->
                RtmpServer.start(
                    config(SOON).withPort(server.port()), ingest, new PrometheusRegistry()))
        .isInstanceOf(RtmpException.class)
        .hasMessageStartingWith("rtmp.port: " + server.port() + " cannot be listened on");
  }

  private TestPublisher publishAfterSample(TestPublisher first) throws IOException {
    first.sendSample(0);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(packager.records(InputRecord.SampleArrived.class)).hasSize(1));
    return TestPublisher.publish(server.port(), "live", "secret?a=b");
  }

  private String url(String path) {
    return "rtmp://127.0.0.1:" + server.port() + path;
  }

  private List<Expected> received(int track) {
    return packager.records(InputRecord.SampleArrived.class).stream()
        .map(InputRecord.SampleArrived::sample)
        .filter(sample -> sample.trackId() == track)
        .map(Expected::of)
        .toList();
  }

  private double counter(String name) {
    return value(registry, name);
  }

  /** A counter or a gauge, over its labels. */
  private static double value(PrometheusRegistry registry, String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(
            point ->
                switch (point) {
                  case CounterSnapshot.CounterDataPointSnapshot counter -> counter.getValue();
                  case GaugeSnapshot.GaugeDataPointSnapshot gauge -> gauge.getValue();
                  default -> throw new AssertionError(name + " is " + point);
                })
        .sum();
  }

  private double protocolErrors(String kind) {
    return registry.scrape("millrace_rtmp_protocol_errors"::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> kind.equals(point.getLabels().get("kind")))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private static List<Expected> of(List<Expected> samples, int track) {
    return samples.stream().filter(sample -> sample.track == track).toList();
  }

  private static List<Expected> expected(Path file) throws IOException {
    List<Expected> samples = new ArrayList<>();
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(Files.readAllBytes(file)));
    for (Optional<FlvTag> next = reader.next(); next.isPresent(); next = reader.next()) {
      FlvTag tag = next.get();
      long dts = tag.timestampMs();
      if (tag.type() == FlvTag.VIDEO
          && FlvTagReader.video(tag.body()).getFirst() instanceof FlvVideoTag.CodedFrame frame) {
        long pts = dts + frame.compositionTimeMs();
        samples.add(new Expected(1, dts, pts, frame.keyframe(), frame.data()));
      } else if (tag.type() == FlvTag.AUDIO
          && FlvTagReader.audio(tag.body()).getFirst() instanceof FlvAudioTag.CodedFrame frame) {
        samples.add(new Expected(2, dts, dts, true, frame.data()));
      }
    }
    return samples;
  }

  /** A sample without the time of its arrival. */
  private record Expected(int track, long dts, long pts, boolean keyframe, Bytes data) {
    static Expected of(Sample sample) {
      return new Expected(
          sample.trackId(), sample.dts(), sample.pts(), sample.keyframe(), sample.data());
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

  /** Patient, so that a busy machine fails no test, but with keys that are not known. */
  private static RtmpConfig config(Duration keyTimeout) {
    return new RtmpConfig(
        "",
        0,
        100,
        100,
        ChunkLimits.defaults(),
        64 << 20,
        new SessionConfig(
            SOON,
            SOON,
            keyTimeout,
            SOON,
            SOON,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            65_536,
            2_500_000,
            600,
            120,
            AmfLimits.defaults()));
  }
}
