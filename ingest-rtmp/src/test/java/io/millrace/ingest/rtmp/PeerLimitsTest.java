package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.FakeNodeDirectory;
import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.ingest.rtmp.message.ControlMessage;
import io.millrace.media.Bytes;
import io.millrace.media.input.InputRecord;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers send that is broken, too large or too much ends at most their own connection. */
class PeerLimitsTest {
  private static final String PARTIAL_BYTES = "millrace_rtmp_partial_bytes";

  private final ServedRtmp served = new ServedRtmp();

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void closesAConnectionThatBreaksTheProtocol() throws IOException {
    try (TestPublisher peer = TestPublisher.connect(served.server.port(), "live")) {
      peer.send(ControlMessage.setChunkSize(0));

      assertThat(peer.isClosedByServer()).isTrue();
    }
  }

  @Test
  void closesAConnectionWhoseCommandIsBrokenAndCountsIt() throws IOException {
    Bytes deep = Bytes.ofHex("02 0001 78 00 0000000000000000" + "03 0001 61".repeat(10_000));
    try (TestPublisher peer = TestPublisher.connect(served.server.port(), "live")) {
      peer.send(new RtmpMessage(3, MessageType.COMMAND_AMF0, 0, 0, deep));

      assertThat(peer.isClosedByServer()).isTrue();
    }
    assertThat(served.protocolErrors("limit")).isEqualTo(1);
    assertThat(served.beyond("rtmp.max-amf-depth")).isEqualTo(1);
  }

  @Test
  void dropsMetadataBeyondALimitAndCountsIt() throws IOException {
    Bytes deep = Bytes.ofHex("02 000a 6f6e4d65746144617461" + "03 0001 61".repeat(10_000));
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.send(new RtmpMessage(4, MessageType.DATA_AMF0, 1, 0, deep));
      publisher.sendSample(0);

      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 1);
    }
    assertThat(served.protocolErrors("metadata")).isEqualTo(1);
    assertThat(served.beyond("rtmp.max-amf-depth")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 8, 9, 22, 99})
  void closesAConnectionThatFloodsWithWhatIsNoMedia(int type) throws IOException {
    List<RtmpMessage> flood =
        Collections.nCopies(20_000, new RtmpMessage(6, type, 1, 0, Bytes.EMPTY));
    try (TestPublisher stranger = TestPublisher.connect(served.server.port(), "live");
        TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);

      assertThat(stranger.isClosedFor(() -> stranger.send(flood))).isTrue();
      assertThat(publisher.isClosedFor(() -> publisher.send(flood))).isTrue();
    }
    assertThat(served.beyond("rtmp.max-control-messages-per-second")).isEqualTo(2);
  }

  @Test
  void closesAPublisherWhoseMediaIsNoneTimeAndAgain() throws IOException {
    // Too short for the time that it begins with: dropped, each of them.
    RtmpMessage broken = new RtmpMessage(4, MessageType.VIDEO, 1, 0, Bytes.ofHex("17 01 00"));
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);

      assertThat(publisher.isClosedFor(() -> publisher.send(Collections.nCopies(20_000, broken))))
          .isTrue();
    }
    assertThat(served.beyond("rtmp.max-control-messages-per-second")).isEqualTo(1);
  }

  @Test
  void boundsWhatTheUnfinishedMessagesOfAllConnectionsHold() throws Exception {
    PrometheusRegistry itsRegistry = new PrometheusRegistry();
    ChunkLimits chunks = ChunkLimits.defaults();
    // 200,000 bytes less 16 KiB are counted of each message: two have room in half a MiB.
    double held = 2 * (200_000 - (16 << 10));
    RtmpConfig small =
        new RtmpConfig(
            "", 0, 100, 100, chunks, 1 << 20, ServedRtmp.config(ServedRtmp.SOON).session());
    try (RtmpServer tight = RtmpServer.start(small, served.ingest, itsRegistry);
        TestPublisher publisher = TestPublisher.publish(tight.port(), "live", "secret")) {
      publisher.sendSample(0);
      try (TestPublisher first = TestPublisher.connect(tight.port(), "live");
          TestPublisher second = TestPublisher.connect(tight.port(), "live");
          TestPublisher third = TestPublisher.connect(tight.port(), "live")) {
        first.sendUnfinished(200_000);
        second.sendUnfinished(200_000);
        await()
            .atMost(ServedRtmp.SOON)
            .until(() -> ServedRtmp.value(itsRegistry, PARTIAL_BYTES) == held);

        assertThat(third.isClosedFor(() -> third.sendUnfinished(200_000))).isTrue();

        await()
            .atMost(ServedRtmp.SOON)
            .until(() -> ServedRtmp.value(itsRegistry, PARTIAL_BYTES) == held);
        assertThat(ServedRtmp.value(itsRegistry, "millrace_rtmp_partial_refusals")).isEqualTo(1);
        assertThat(ServedRtmp.value(itsRegistry, "millrace_rtmp_protocol_errors")).isEqualTo(1);
        publisher.sendFrame(40, 500_000);
        await()
            .atMost(ServedRtmp.SOON)
            .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 2);
        assertThat(ServedRtmp.value(itsRegistry, PARTIAL_BYTES)).isEqualTo(held);
        assertThat(ServedRtmp.value(itsRegistry, "millrace_rtmp_open_connections")).isEqualTo(3);
      }
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> ServedRtmp.value(itsRegistry, PARTIAL_BYTES) == 0);
      publisher.sendFrame(80, 500_000);
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 3);
      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> ServedRtmp.value(itsRegistry, PARTIAL_BYTES) == 0);
    }
  }

  @Test
  void closesAConnectionThatSendsLargeMediaAndDoesNotPublish() throws IOException {
    try (TestPublisher peer = TestPublisher.connect(served.server.port(), "live")) {
      assertThat(peer.isClosedFor(() -> peer.sendFrame(0, 300_000))).isTrue();
    }
    assertThat(served.protocolErrors("limit")).isEqualTo(1);
    assertThat(served.beyond("rtmp.max-other-bytes")).isEqualTo(1);
  }

  @Test
  void closesAPublisherThatSendsLargeMediaAfterItsEnd() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);
      publisher.sendFrame(0, 300_000);
      publisher.send(CommandWriter.named("FCUnpublish", 6, "secret"));
      assertThat(publisher.readStatus()).isEqualTo("NetStream.Unpublish.Success");

      assertThat(publisher.isClosedFor(() -> publisher.sendFrame(0, 300_000))).isTrue();
    }
    assertThat(served.protocolErrors("limit")).isEqualTo(1);
  }

  @Test
  void takesLargeMediaOfAPublisherThatDoesNotWaitForTheAnswer() throws IOException {
    try (TestPublisher publisher = TestPublisher.connect(served.server.port(), "live")) {
      publisher.sendPublish("secret");
      publisher.sendSample(0);
      publisher.sendFrame(40, 500_000);

      await()
          .atMost(ServedRtmp.SOON)
          .until(() -> served.packager.records(InputRecord.SampleArrived.class).size() == 2);
    }
    assertThat(served.protocolErrors("limit")).isZero();
  }

  /** Each would make an init section and a discontinuity. */
  @Test
  void refusesAPublisherWhoseConfigurationChangesAgainAndAgain() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      for (int i = 0; i < 61; i++) {
        publisher.sendSoundConfiguration("1210");
        publisher.sendSoundConfiguration("1190");
      }

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Rejected");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
    assertThat(served.packager.records(InputRecord.TrackAnnounced.class))
        .hasSizeLessThanOrEqualTo(120);
    assertThat(served.beyond("rtmp.configurations-per-minute")).isEqualTo(1);
  }

  @Test
  void tellsAPublisherWhyItIsSentAwayThoughItGoesOnSending() throws IOException {
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.sendSample(0);
      served.channels.put(FakeNodeDirectory.channel("demo", "another"));
      publisher.sendFrame(40, 500_000);

      assertThat(publisher.readStatus()).isEqualTo("NetStream.Publish.Denied");
      assertThat(publisher.isClosedByServer()).isTrue();
    }
    assertThat(served.protocolErrors("limit")).isZero();
  }

  @Test
  void goesOnAfterACommandThatItDoesNotReadOrKnow() throws IOException {
    Bytes amf3 = Bytes.ofHex("02 0001 78 00 0000000000000000 11 0a");
    try (TestPublisher publisher = TestPublisher.publish(served.server.port(), "live", "secret")) {
      publisher.send(new RtmpMessage(3, MessageType.COMMAND_AMF0, 0, 0, amf3));
      publisher.send(CommandWriter.command(3, 0, "setBandwidth", new AmfValue.Num(0)));
      publisher.sendSample(0);

      await()
          .atMost(ServedRtmp.SOON)
          .untilAsserted(
              () ->
                  assertThat(served.packager.records(InputRecord.SampleArrived.class)).hasSize(1));
    }
    assertThat(served.protocolErrors("amf_unsupported")).isEqualTo(1);
  }
}
