package io.millrace.ingest.rtmp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Admission;
import io.millrace.ingest.CloseReason;
import io.millrace.ingest.StreamKey;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.Amf0Reader;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.ingest.rtmp.message.ControlMessage;
import io.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RtmpSessionTest {
  private static final SessionConfig CONFIG = SessionConfig.defaults();
  private static final RtmpMessage FRAME =
      new RtmpMessage(4, MessageType.VIDEO, 1, 40, Bytes.ofHex("17 01 000000 00000001 65"));

  private static final int BURST = MessageRate.BURST_SECONDS * CONFIG.controlMessagesPerSecond();

  private final RtmpSession session = new RtmpSession(CONFIG, 0);
  private long nowNs;

  @Test
  void answersTheCommandsOfObsInTheirOrder() {
    session.handshakeDone(nowNs);

    assertThat(on(ControlMessage.setChunkSize(4_096))).isEmpty();
    assertThat(sent(on(CommandWriter.connect(1, "live", "rtmp://h/live", "FMLE/3.0"))))
        .containsExactly(
            "type 5", "type 6", "type 1", "_result 1 NetConnection.Connect.Success on 0");
    assertThat(sent(on(CommandWriter.named("releaseStream", 2, "key"))))
        .containsExactly("_result 2 on 0");
    assertThat(sent(on(CommandWriter.named("FCPublish", 3, "key"))))
        .containsExactly("onFCPublish 3 NetStream.Publish.Start on 0");
    assertThat(sent(on(CommandWriter.createStream(4)))).containsExactly("_result 4 1 on 0");
    assertThat(on(CommandWriter.publish(5, 1, "key")))
        .containsExactly(new SessionAction.Admit(StreamKey.of("key")));
    assertThat(sent(session.admitted("Publishing.", nowNs)))
        .containsExactly("type 4", "onStatus 0 NetStream.Publish.Start on 1");
    assertThat(on(CommandWriter.metadata(1, Map.of("encoder", new AmfValue.Text("obs")))))
        .containsExactly(new SessionAction.Encoder("obs"));
    assertThat(on(FRAME)).containsExactly(new SessionAction.Media(FRAME));
    List<SessionAction> finished = on(CommandWriter.named("FCUnpublish", 6, "key"));
    assertThat(finished).contains(new SessionAction.Finish());
    assertThat(sent(finished))
        .containsExactly("_result 6 on 0", "onStatus 0 NetStream.Unpublish.Success on 1");
    assertThat(on(CommandWriter.deleteStream(7, 1))).isEmpty();
    assertThat(on(FRAME)).as("media after the end").isEmpty();
  }

  @Test
  void announcesItsChunkSizeWithTheAnswerToConnect() {
    session.handshakeDone(nowNs);

    assertThat(on(CommandWriter.connect(1, "live", "", "")))
        .contains(new SessionAction.Send(ControlMessage.setChunkSize(65_536)));
  }

  @Test
  void refusesAWrongKeyAndClosesLater() {
    connect();
    on(CommandWriter.publish(5, 1, "wrong"));

    List<SessionAction> refused = session.refused(Admission.Reason.UNKNOWN_KEY);

    assertThat(sent(refused)).containsExactly("onStatus 0 NetStream.Publish.BadName on 1");
    assertThat(refused).endsWith(new SessionAction.Close(CloseReason.FINISHED));
    assertThat(on(CommandWriter.publish(6, 1, "another"))).as("after the refusal").isEmpty();
  }

  @Test
  void tellsAPublisherWhyItIsSentAway() {
    publish();

    assertThat(sent(session.closedByIngest(CloseReason.TAKEN_OVER)))
        .containsExactly("onStatus 0 NetStream.Publish.BadName on 1");
  }

  @Test
  void refusesASecondStreamOnAConnectionAndKeepsTheFirst() {
    publish();

    assertThat(sent(on(CommandWriter.publish(8, 2, "key"))))
        .containsExactly("onStatus 0 NetStream.Publish.BadName on 2");
    assertThat(on(FRAME)).containsExactly(new SessionAction.Media(FRAME));
  }

  @Test
  void takesMediaOfTheConnectionItselfAndNotOfOtherStreams() {
    publish();
    RtmpMessage sloppy = new RtmpMessage(4, MessageType.AUDIO, 0, 0, Bytes.ofHex("af0121"));
    RtmpMessage other = new RtmpMessage(4, MessageType.AUDIO, 3, 0, Bytes.ofHex("af0121"));

    assertThat(on(sloppy)).containsExactly(new SessionAction.Media(sloppy));
    assertThat(on(other)).isEmpty();
  }

  @Test
  void takesAggregatesApart() {
    publish();
    RtmpMessage aggregate =
        new RtmpMessage(
            4,
            MessageType.AGGREGATE,
            1,
            7,
            Bytes.ofHex("08 000002 000000 00 000000 af01 0000000d"));

    assertThat(on(aggregate))
        .containsExactly(
            new SessionAction.Media(
                new RtmpMessage(4, MessageType.AUDIO, 1, 7, Bytes.ofHex("af01"))));
  }

  @Test
  void answersWhatItDoesNotKnow() {
    connect();

    assertThat(sent(on(CommandWriter.command(3, 0, "_checkbw", new AmfValue.Num(9)))))
        .containsExactly("_result 9 on 0");
    assertThat(sent(on(CommandWriter.command(3, 0, "call", new AmfValue.Num(10)))))
        .containsExactly("_error 10 NetConnection.Call.Failed on 0");
    assertThat(on(CommandWriter.command(3, 0, "onBWDone"))).isEmpty();
    assertThat(on(CommandWriter.result(3))).as("an answer to nothing").isEmpty();
    assertThat(sent(on(ControlMessage.pingRequest(77)))).containsExactly("type 4");
  }

  @Test
  void refusesPlayersAndCommandsBeforeConnect() {
    connect();
    assertThat(sent(on(CommandWriter.command(8, 1, "play", new AmfValue.Num(5), AmfValue.NULL))))
        .containsExactly("onStatus 0 NetStream.Play.Failed on 1");

    RtmpSession early = new RtmpSession(CONFIG, 0);
    early.handshakeDone(0);
    assertThatThrownBy(() -> early.onMessage(CommandWriter.createStream(1), 0))
        .isInstanceOf(RtmpException.class)
        .extracting(e -> ((RtmpException) e).scope())
        .isEqualTo(RtmpException.Scope.CONNECTION);
  }

  @Test
  void refusesAFloodOfCommands() {
    connect();

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < CONFIG.commandsPerMinute() + 1; i++) {
                on(ControlMessage.pingRequest(i));
              }
            })
        .isInstanceOf(RtmpException.class)
        .hasMessageStartingWith("commands in a minute: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6, 8, 9, 15, 18, 22, 99})
  void refusesAFloodOfWhateverBringsNoMedia(int type) {
    connect();
    RtmpMessage message = new RtmpMessage(3, type, 1, 0, Bytes.ofHex("00001000"));
    for (int i = 0; i < BURST; i++) {
      assertThat(on(message)).isEmpty();
    }

    assertThatThrownBy(() -> on(message))
        .hasMessage("messages without media at once: 1001 (expected: at most 1000)")
        .extracting(e -> ((RtmpException) e).limit())
        .isEqualTo(Optional.of(Limit.CONTROL_MESSAGES));
  }

  @Test
  void takesAsManyAsMayBeForAsLongAsTheyCome() {
    publish();
    RtmpMessage timecode = CommandWriter.metadata(1, Map.of("tc", new AmfValue.Num(1)));
    for (int i = 0; i < 60 * CONFIG.controlMessagesPerSecond(); i++) {
      nowNs += TimeUnit.SECONDS.toNanos(1) / CONFIG.controlMessagesPerSecond();
      on(timecode);
    }
  }

  @Test
  void mediaDoesNotCountButWhereItBroughtNothing() {
    publish();
    for (int i = 0; i < 2 * BURST; i++) {
      on(FRAME);
    }
    for (int i = 0; i < BURST; i++) {
      session.onEmptyMedia(nowNs);
    }

    assertThatThrownBy(() -> session.onEmptyMedia(nowNs)).isInstanceOf(RtmpException.class);
  }

  @Test
  void whatAnAggregateHoldsCountsToo() {
    publish();
    RtmpMessage aggregate =
        new RtmpMessage(
            4, MessageType.AGGREGATE, 1, 0, Bytes.ofHex("63 000000 000000 00 000000 00000000"));

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < BURST / 2 + 1; i++) {
                on(aggregate);
              }
            })
        .hasMessageStartingWith("messages without media at once: ");
  }

  @Test
  void metadataThatIsReadCountsByItsLengthAndTheFirstIsTaken() {
    publish();
    RtmpMessage large =
        new RtmpMessage(4, MessageType.DATA_AMF0, 1, 0, Bytes.wrap(new byte[256 << 10]));
    for (int i = 0; i < 4; i++) {
      assertThat(on(large)).isEmpty();
    }

    assertThatThrownBy(() -> on(large)).hasMessageStartingWith("messages without media at once: ");
  }

  @Test
  void acknowledgesByWindowAndNeverForAFewBytes() {
    connect();
    assertThat(session.onBytes(2_499_999, nowNs)).isEmpty();
    assertThat(session.onBytes(2_500_000, nowNs))
        .containsExactly(new SessionAction.Send(ControlMessage.acknowledgement(2_500_000)));

    on(ControlMessage.windowAcknowledgementSize(1));
    assertThat(session.onBytes(2_500_000 + (128 << 10) - 1, nowNs)).isEmpty();
    assertThat(session.onBytes(2_500_000 + (128 << 10), nowNs)).hasSize(1);
    on(ControlMessage.windowAcknowledgementSize(-1));
    assertThat(session.onBytes(2_500_000 + 2 * (128 << 10), nowNs)).hasSize(1);
  }

  @Test
  void closesWhoeverDoesNotGetAnywhere() {
    RtmpSession silent = new RtmpSession(CONFIG, 0);
    assertThat(silent.onTimer(true, seconds(5))).isEmpty();
    assertThat(silent.onTimer(true, seconds(5) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.HANDSHAKE_TIMEOUT));

    connect();
    nowNs = seconds(10) + 1;
    session.onBytes(1, nowNs);
    assertThat(session.onTimer(true, nowNs))
        .containsExactly(new SessionAction.TimeOut(Limit.PUBLISH_TIMEOUT));
  }

  @Test
  void commandsDoNotPutOffTheEndOfTheWaitForAPublication() {
    session.handshakeDone(nowNs);
    nowNs = seconds(4);
    on(CommandWriter.connect(1, "live", "rtmp://h/live", "test"));
    for (int second = 5; second < 10; second++) {
      nowNs = seconds(second);
      session.onBytes(second, nowNs);
      assertThat(on(CommandWriter.publish(0, 1, "wrong"))).hasSize(1);
      assertThat(session.onTimer(true, nowNs)).isEmpty();
      assertThat(on(CommandWriter.named("FCUnpublish", 0, "wrong"))).isEmpty();
    }

    assertThat(session.onTimer(true, seconds(10))).isEmpty();
    assertThat(session.onTimer(true, seconds(10) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.PUBLISH_TIMEOUT));
  }

  @Test
  void aKeyThatIsStillLookedForDoesNotPutItOffEither() {
    connect();
    nowNs = seconds(9);
    session.onBytes(1, nowNs);
    on(CommandWriter.publish(5, 1, "unknown"));

    assertThat(session.onTimer(true, seconds(10))).isEmpty();
    assertThat(session.onTimer(true, seconds(10) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.PUBLISH_TIMEOUT));
    assertThat(session.isAdmitting()).isFalse();
  }

  @Test
  void aRefusalIsNotOvertakenByTheEndOfTheWait() {
    connect();
    on(CommandWriter.publish(5, 1, "wrong"));
    nowNs = seconds(10);
    session.onBytes(1, nowNs);
    session.refused(Admission.Reason.UNKNOWN_KEY);

    assertThat(session.onTimer(true, nowNs + 1)).isEmpty();
  }

  @Test
  void waitsAnewWhenAPublicationHasEndedAndOnceForEach() {
    publish();
    nowNs = seconds(20);
    session.onBytes(1, nowNs);
    on(FRAME);
    on(CommandWriter.named("FCUnpublish", 6, "key"));
    nowNs = seconds(29);
    session.onBytes(2, nowNs);
    on(CommandWriter.publish(7, 1, "wrong"));
    on(CommandWriter.named("FCUnpublish", 8, "wrong"));

    assertThat(session.onTimer(true, seconds(30))).isEmpty();
    assertThat(session.onTimer(true, seconds(30) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.PUBLISH_TIMEOUT));
  }

  @Test
  void pingsASilentPublisherAndClosesOneThatDoesNotAnswer() {
    publish();
    session.onBytes(1, nowNs);

    assertThat(session.onTimer(true, seconds(4))).isEmpty();
    assertThat(sent(session.onTimer(true, seconds(5)))).containsExactly("type 4");
    assertThat(session.onTimer(true, seconds(6))).as("once in a while").isEmpty();
    assertThat(session.onTimer(true, seconds(15) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.IDLE_TIMEOUT));
  }

  @Test
  void closesAPublisherThatSendsNoMediaThoughItAnswers() {
    publish();
    on(FRAME);

    session.onBytes(1, seconds(30));
    assertThat(session.onTimer(true, seconds(30))).isEmpty();
    assertThat(session.onTimer(true, seconds(30) + 1))
        .containsExactly(new SessionAction.TimeOut(Limit.MEDIA_TIMEOUT));
  }

  @Test
  void doesNotCountSilenceWhileItDoesNotRead() {
    publish();

    assertThat(session.onTimer(false, seconds(100))).isEmpty();
    assertThat(session.onTimer(true, seconds(104))).isEmpty();
  }

  private void connect() {
    session.handshakeDone(nowNs);
    on(CommandWriter.connect(1, "live", "rtmp://h/live", "test"));
  }

  private void publish() {
    connect();
    on(CommandWriter.publish(5, 1, "key"));
    session.admitted("Publishing.", nowNs);
  }

  private List<SessionAction> on(RtmpMessage message) {
    return session.onMessage(message, nowNs);
  }

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  /** What is sent: commands by name, transaction, code or value, and message stream. */
  private static List<String> sent(List<SessionAction> actions) {
    List<String> sent = new ArrayList<>();
    for (SessionAction action : actions) {
      if (action instanceof SessionAction.Send(RtmpMessage message)) {
        sent.add(describe(message));
      }
    }
    return sent;
  }

  private static String describe(RtmpMessage message) {
    if (message.type() != MessageType.COMMAND_AMF0) {
      return "type " + message.type();
    }
    StringBuilder text = new StringBuilder();
    Amf0Reader values = new Amf0Reader(message.payload(), AmfLimits.defaults());
    while (values.hasNext()) {
      switch (values.next()) {
        case AmfValue.Text(String name) -> text.append(name);
        case AmfValue.Num(double number) -> text.append(' ').append((int) number);
        case AmfValue.Obj object ->
            object.text("code").ifPresent(code -> text.append(' ').append(code));
        default -> {}
      }
    }
    return text + " on " + message.streamId();
  }
}
