package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.media.Bytes;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads of a broadcast. The test is the agent and moves the clock. */
class BroadcastLogTest {
  private static final DirectoryChannel DEMO = FakeNodeDirectory.channel("demo", "hunter2");
  private static final StreamKey KEY = StreamKey.of("hunter2");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** H.264 that does not tell its frame rate. */
  private static final Track UNTIMED =
      Track.of(
          1,
          TrackKind.VIDEO,
          new AvcConfiguration(Bytes.ofHex("01"), 77, 0, 31, 4, 1280, 720, /* frameRate= */ 0),
          1_000);

  private final FakeClock clock = new FakeClock();
  private final FakeFabric fabric = FakeFabric.byHand();
  private final FakeNodeDirectory directory = new FakeNodeDirectory();
  private final CapturedLog log = new CapturedLog("io.millrace.ingest");
  private Ingest ingest;
  private int ports = 5000;

  @BeforeEach
  void start() {
    directory.put(DEMO);
    ingest =
        new Ingest(
            IngestConfig.defaults(),
            fabric,
            directory,
            new FakeNodeReports(),
            new PrometheusRegistry(),
            clock,
            new Random(1));
  }

  @AfterEach
  void stop() {
    log.close();
  }

  @Test
  void tellsOnceHowABroadcastBeginsAndOnceHowItEnds() {
    Publication publication = publish();
    publication.encoder("obs-output module (libobs version 29.1.3)");
    publication.announce(Samples.AUDIO);
    publication.announce(Samples.VIDEO);
    for (int ms = 0; ms < 2_000; ms += 100) {
      video(publication, ms);
      clock.advance(Duration.ofMillis(100));
    }
    publication.close(CloseReason.FINISHED);
    fabric.runTasks();
    advance(Duration.ofSeconds(40));

    assertThat(lines())
        .containsExactly(
            "broadcast begins: channel=demo broadcast=ID protocol=rtmp peer=[::1]:5000"
                + " encoder=\"obs-output module (libobs version 29.1.3)\""
                + " video=\"avc1.4d001f 1280x720 30 fps\" audio=\"mp4a.40.2 48000 Hz\"",
            "broadcast ended: channel=demo broadcast=ID reason=finished seconds=2.0 bytes=20000"
                + " dropped=0 reconnects=0");
    assertThat(ids()).as("of one broadcast").hasSize(1);
  }

  @Test
  void tellsOfOneKindOfTrackWhenTheOtherDoesNotCome() {
    Publication publication = publish();
    publication.announce(Samples.VIDEO);
    video(publication, 0);
    assertThat(lines()).isEmpty();

    advance(Duration.ofSeconds(2));

    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst())
        .contains("encoder=unknown video=\"avc1.4d001f 1280x720 30 fps\" audio=none");
  }

  @Test
  void measuresTheFrameRateThatTheConfigurationDoesNotTell() {
    Publication publication = publish();
    publication.announce(UNTIMED);
    publication.announce(Samples.AUDIO);
    for (int ms = 0; ms < 1_000; ms += 40) {
      clock.advance(Duration.ofMillis(40));
      video(publication, ms);
    }

    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst()).contains("video=\"avc1.4d001f 1280x720 25 fps\"");
  }

  @Test
  void tellsTheBeginningOfABroadcastThatIsOverAtOnce() {
    Publication publication = publish();
    publication.announce(Samples.AUDIO);
    fabric.runTasks();

    directory.end(DEMO.id());
    fabric.runTasks();

    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst()).startsWith("broadcast begins: ").contains("video=none");
    assertThat(lines().getLast()).startsWith("broadcast ended: ").contains(" reason=ended ");
  }

  @Test
  void saysNothingOfAPublisherThatSendsNothing() {
    publish().close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    advance(Duration.ofMinutes(2));

    assertThat(lines()).isEmpty();
  }

  @Test
  void tellsWhoIsBackAndWhoTookOver() {
    Publication first = live();
    first.close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    advance(Duration.ofSeconds(3));
    live();
    live();
    directory.remove(DEMO.id());
    fabric.runTasks();

    assertThat(lines()).hasSize(4);
    assertThat(lines().get(1))
        .isEqualTo(
            "publisher is back: channel=demo broadcast=ID protocol=rtmp peer=[::1]:5001"
                + " encoder=unknown away=3.0");
    assertThat(lines().get(2))
        .isEqualTo(
            "publisher taken over: channel=demo broadcast=ID protocol=rtmp peer=[::1]:5002"
                + " encoder=unknown");
    assertThat(lines().get(3)).contains(" reason=channel_removed ").endsWith(" reconnects=2");
    assertThat(ids()).hasSize(1);
  }

  @Test
  void countsWhatWasDroppedOverAllPublishers() {
    Publication first = live();
    first.sample(new Sample(9, 0, 0, true, clock.utcNs(), Bytes.EMPTY));
    Publication second = live();
    second.sample(new Sample(9, 0, 0, true, clock.utcNs(), Bytes.EMPTY));

    directory.end(DEMO.id());
    fabric.runTasks();

    assertThat(lines().getLast()).contains(" dropped=2 ");
  }

  @Test
  void tellsTheEndWhenTheNodeStops() {
    live();

    ingest.close();
    fabric.runTasks();
    advance(Duration.ofMinutes(1));

    assertThat(lines()).hasSize(2);
    assertThat(lines().getLast()).startsWith("broadcast ended: ").contains(" reason=shut_down ");
  }

  @Test
  void tellsTheEndOfAWaitingBroadcastWhenTheNodeStops() {
    live().close(CloseReason.DISCONNECTED);
    fabric.runTasks();

    ingest.close();
    fabric.runTasks();

    assertThat(lines().getLast()).startsWith("broadcast ended: ").contains(" reason=shut_down ");
  }

  @Test
  void showsAnEncodersNameWithoutWhatCouldForgeALineAndNotAllOfALongOne() {
    Publication publication = publish();
    publication.encoder("good\r\n12:00 ERROR \u001b[31mbad\u202e\" " + "x".repeat(5_000));
    publication.announce(Samples.VIDEO);
    publication.announce(Samples.AUDIO);
    video(publication, 0);

    String line = lines().getFirst();
    assertThat(line)
        .contains("encoder=\"good 12:00 ERROR [31mbad' xxx")
        .doesNotContain("\n", "\r", "\u001b", "\u202e")
        .hasSizeLessThan(400);
  }

  @Test
  void tellsOfRefusedPublishersNowAndThenAndNeverTheKey() {
    for (int i = 0; i < 500; i++) {
      ingest.admit(StreamKey.of("wrong-key"), peer(), new FakeHandle());
    }
    assertThat(lines())
        .containsExactly(
            "publisher refused: peer=[::1]:5000 protocol=rtmp reason=\"unknown stream key\""
                + " others=0");

    clock.advance(Duration.ofSeconds(10));
    ingest.admit(StreamKey.of("wrong-key"), peer(), new FakeHandle());

    assertThat(lines()).hasSize(2);
    assertThat(lines().getLast()).contains("peer=[::1]:5500 ").endsWith(" others=499");
    assertThat(log.everything())
        .noneMatch(line -> line.contains("wrong-key"))
        .noneMatch(line -> line.contains(StreamKey.of("wrong-key").hash()));
  }

  @Test
  void tellsWhyAStreamCannotBeDelivered() {
    Publication publication = publish();

    publication.unsupported("Video codec HEVC is not supported: send H.264");
    publication.close(CloseReason.UNSUPPORTED);
    fabric.runTasks();

    assertThat(lines())
        .containsExactly(
            "publisher refused: channel=demo peer=[::1]:5000 protocol=rtmp"
                + " reason=\"Video codec HEVC is not supported: send H.264\" others=0");
  }

  @Test
  void neverShowsTheKey() {
    live().close(CloseReason.DISCONNECTED);
    fabric.runTasks();
    live();
    ingest.close();
    fabric.runTasks();

    assertThat(log.everything())
        .isNotEmpty()
        .noneMatch(line -> line.contains("hunter2") || line.contains(KEY.hash()));
  }

  /** A publication that sends two tracks and a keyframe. */
  private Publication live() {
    Publication publication = publish();
    publication.announce(Samples.VIDEO);
    publication.announce(Samples.AUDIO);
    video(publication, 0);
    return publication;
  }

  private Publication publish() {
    return ((Admission.Admitted) ingest.admit(KEY, peer(), new FakeHandle())).publication();
  }

  private PublisherAddress peer() {
    return new PublisherAddress("rtmp", "[::1]:" + ports++);
  }

  private void video(Publication publication, long ms) {
    publication.sample(Samples.videoSample(ms, ms % 1_000 == 0, clock.utcNs(), 1_000));
    fabric.runTasks();
  }

  private void advance(Duration by) {
    Duration step = Duration.ofMillis(200);
    for (Duration done = Duration.ZERO; done.compareTo(by) < 0; done = done.plus(step)) {
      clock.advance(step);
      fabric.runPeriodic();
    }
  }

  /** The lines with "ID" for every id. */
  private List<String> lines() {
    return log.lines().stream().map(line -> UUID_TEXT.matcher(line).replaceAll("ID")).toList();
  }

  private List<UUID> ids() {
    return log.lines().stream()
        .flatMap(line -> UUID_TEXT.matcher(line).results())
        .map(match -> UUID.fromString(match.group()))
        .distinct()
        .toList();
  }
}
