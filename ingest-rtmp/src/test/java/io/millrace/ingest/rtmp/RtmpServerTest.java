package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.FakeNodeDirectory;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.StreamKey;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.media.Bytes;
import io.millrace.media.input.InputRecord;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishes with a publisher made of this module's own parts. */
class RtmpServerTest {
  private final ServedRtmp served = new ServedRtmp();

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void doesNotReadAPublisherWhileTheAgentIsBusyAndLosesNothing() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 1);
      int samples = 3 * IngestConfig.defaults().queueSamples();
      int sent = 0;
      served.fabric.full(true);
      try (var _ = served.fabric.holdAgent()) {
        // A publisher who is not read would block this thread: the rest comes afterwards.
        for (; sent < samples && served.counter("millrace_rtmp_pauses") == 0; sent++) {
          publisher.sendFrame(0, 1_000);
        }
        await().atMost(ServedRtmp.SOON).until(() -> served.counter("millrace_rtmp_pauses") > 0);
      }
      served.fabric.full(false);
      for (; sent < samples; sent++) {
        publisher.sendFrame(0, 1_000);
      }

      await()
          .atMost(ServedRtmp.SOON)
          .until(
              () -> served.packager.records(InputRecord.SampleArrived.class).size() == samples + 1);
      assertThat(served.counter("millrace_ingest_dropped_samples")).isZero();
      assertThat(served.packager.records(InputRecord.SamplesDropped.class)).isEmpty();
    }
  }

  @Test
  void takesAPublisherWhoseChannelIsHeardOfAMomentLater() throws Exception {
    try (RtmpServer patient =
        RtmpServer.start(
            ServedRtmp.config(ServedRtmp.SOON), served.ingest, new PrometheusRegistry())) {
      FutureTask<TestPublisher> publishing =
          new FutureTask<>(() -> TestPublisher.publish(patient.port(), "live", "early"));
      Thread.ofVirtual().start(publishing);
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.channels.asked(StreamKey.of("early").hash()) > 1);
      served.channels.put(FakeNodeDirectory.channel("new", "early"));

      try (TestPublisher publisher =
          publishing.get(ServedRtmp.SOON.toSeconds(), TimeUnit.SECONDS)) {
        publisher.sendSample(0);
        await()
            .atMost(ServedRtmp.SOON)
            .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 1);
      }
    }
  }

  @Test
  void letsTheNewerSessionOfAKeyTakeOverFromOneThatWentSilent() throws IOException {
    try (TestPublisher first = TestPublisher.publish(served.server.port(), "live", "secret");
        TestPublisher second = publishAfterSample(first)) {
      second.sendSample(0);

      assertThat(first.readStatus()).isEqualTo("NetStream.Publish.BadName");
      assertThat(first.isClosedByServer()).isTrue();
      await()
          .atMost(ServedRtmp.SOON)
          .untilAsserted(
              () ->
                  assertThat(served.packager.records(InputRecord.SampleArrived.class)).hasSize(2));
      assertThat(served.packager.records(InputRecord.BroadcastOpened.class)).hasSize(1);
      assertThat(served.packager.records(InputRecord.SourceStarted.class)).hasSize(2);
      assertThat(served.packager.records(InputRecord.SourceLost.class)).hasSize(1);
    }
  }

  @Test
  void closesThePublisherWhoseKeyIsRotated() throws IOException {
    try (TestPublisher publisher =
        TestPublisher.publish(served.server.port(), "live/secret/", "")) {
      publisher.sendSample(0);

      served.channels.put(FakeNodeDirectory.channel("demo", "another"));

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Denied");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
  }

  @Test
  void takesAStreamWhoseKeyframesTellWhatItsHeaderShould() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendVideo(0, "27 01 000000 00000002 419a");
      publisher.sendVideo(
          40, "17 01 000000 0000000a 6742c01eda0280bfe5c0 00000004 68ce3c80 00000002 6588");
      publisher.sendSound(41, "af 01 fff14c8001bffc 211004608c1c");

      awaitSamples(2);
      assertThat(served.packager.records(InputRecord.TrackAnnounced.class))
          .extracting(announced -> announced.track().codec().codecsString())
          .containsExactly("avc1.42c01e", "mp4a.40.2");
    }
  }

  @Test
  void tellsAPublisherAfterTenSecondsThatNothingTellsHowToDecodeItsStream() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      for (int ms = 0; ms <= 10_000; ms += 500) {
        publisher.sendVideo(ms, "27 01 000000 00000002 419a");
      }

      assertThat(publisher.readRefusal())
          .isEqualTo(
              "H.264 came for 10 s without a configuration: send the sequence header before it,"
                  + " or SPS and PPS with each keyframe");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
  }

  @Test
  void saysThatNoBrowserPlaysShortFramesOfAac() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSoundConfiguration("1194");

      assertThat(publisher.readRefusal())
          .isEqualTo("AAC frames of 960 samples are not supported: send frames of 1,024");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // MBAFF; a field
    "67640015acd9444d808800000300080000030190f8a14cb0, 6588820033ffcc",
    "67640015acd9444580880000030008000003019078b16cb0, 6588840033ffcc",
  })
  void saysThatNoBrowserPlaysInterlacedPictures(String sps, String idr) throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendVideo(0, "17 00 000000 01640015ffe10018" + sps + "01000668ebe3cb22c0fdf8f800");
      publisher.sendVideo(0, "17 01 000000 00000007" + idr);

      assertThat(publisher.readRefusal())
          .isEqualTo("Interlaced H.264 is not supported: send progressive pictures");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
  }

  /** As Blu-ray discs have it: what might be fields is none. */
  @Test
  void takesFramesThatMightHaveBeenFields() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendVideo(
          0,
          "17 00 000000 01640015ffe1001867640015acd9444580880000030008000003019078b16cb0"
              + "01000668ebe3cb22c0fdf8f800");
      publisher.sendVideo(0, "17 01 000000 00000007 6588820033ffcc");

      awaitSamples(1);
    }
  }

  @Test
  void refusesAPlayer() throws IOException {
    try (TestPublisher player = TestPublisher.connect(served.server.port(), "live")) {
      player.send(
          CommandWriter.command(
              8, 1, "play", new AmfValue.Num(5), AmfValue.NULL, new AmfValue.Text("demo")));

      assertThat(player.readStatus()).isEqualTo("NetStream.Play.Failed");
      assertThat(player.isClosedByServer()).isTrue();
    }
  }

  @Test
  void namesThePortThatIsTaken() {
    assertThatThrownBy(
            () ->
                RtmpServer.start(
                    ServedRtmp.config(ServedRtmp.SOON).withPort(served.server.port()),
                    served.ingest,
                    new PrometheusRegistry()))
        .isInstanceOf(RtmpException.class)
        .hasMessageStartingWith("rtmp.port: " + served.server.port() + " cannot be listened on");
  }

  private TestPublisher publishAfterSample(TestPublisher first) throws IOException {
    first.sendSample(0);
    await()
        .atMost(ServedRtmp.SOON)
        .untilAsserted(
            () -> assertThat(served.packager.records(InputRecord.SampleArrived.class)).hasSize(1));
    return TestPublisher.publish(served.server.port(), "live", "secret?a=b");
  }

  /** What would resume the first is gone before there was anything to wait for. */
  @Test
  void readsOnWhereAPublicationEndsThatWasHeldBackAndAnotherBeginsInTheSameBreath()
      throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);
      awaitSamples(1);
      List<RtmpMessage> together = new ArrayList<>();
      Bytes frame = Bytes.ofHex("17 01 000000 00000002 6588");
      for (int second = 1; second < 15; second++) {
        together.add(new RtmpMessage(4, MessageType.VIDEO, 1, second * 1_000, frame));
      }
      together.add(CommandWriter.named("FCUnpublish", 6, "secret"));
      together.add(CommandWriter.publish(7, 1, "secret"));
      publisher.send(together);
      assertThat(publisher.readStatus()).isEqualTo("NetStream.Unpublish.Success");
      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Start");

      publisher.sendSample(0);

      awaitSamples(16);
    }
  }

  private void awaitSamples(int count) {
    await()
        .atMost(ServedRtmp.SOON)
        .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == count);
  }
}
