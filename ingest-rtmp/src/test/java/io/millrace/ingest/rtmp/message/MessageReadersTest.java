package io.millrace.ingest.rtmp.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageReadersTest {
  @Test
  void readsThePublishersCommands() {
    assertThat(read(CommandWriter.connect(1, "live", "rtmp://h/live", "FMLE/3.0")))
        .isEqualTo(new Command.Connect(1, "live", "rtmp://h/live", "FMLE/3.0"));
    assertThat(read(CommandWriter.named("releaseStream", 2, "key")))
        .isEqualTo(new Command.ReleaseStream(2, "key"));
    assertThat(read(CommandWriter.named("FCPublish", 3, "key")))
        .isEqualTo(new Command.FcPublish(3, "key"));
    assertThat(read(CommandWriter.createStream(4))).isEqualTo(new Command.CreateStream(4));
    assertThat(read(CommandWriter.publish(5, 1, "key")))
        .isEqualTo(new Command.Publish(5, "key", "live"));
    assertThat(read(CommandWriter.named("FCUnpublish", 6, "key")))
        .isEqualTo(new Command.FcUnpublish(6, "key"));
    assertThat(read(CommandWriter.deleteStream(7, 1))).isEqualTo(new Command.DeleteStream(7, 1));
    assertThat(read(CommandWriter.command(3, 0, "other")))
        .isEqualTo(new Command.Unknown(0, "other"));
  }

  @Test
  void readsCommandsOfTypeSeventeenBehindTheirFormatByte() {
    RtmpMessage plain = CommandWriter.createStream(4);

    assertThat(read(amf3(plain, MessageType.COMMAND_AMF3, 0)))
        .isEqualTo(new Command.CreateStream(4));
    assertThatThrownBy(() -> read(amf3(plain, MessageType.COMMAND_AMF3, 3)))
        .isInstanceOf(RtmpException.class);
  }

  @Test
  void readsCommandsWithoutTheirArguments() {
    RtmpMessage bare =
        new RtmpMessage(
            3, 20, 0, 0, Amf0Writer.write(new AmfValue.Text("publish"), new AmfValue.Num(5)));

    assertThat(read(bare)).isEqualTo(new Command.Publish(5, "", ""));
    assertThatThrownBy(() -> read(new RtmpMessage(3, 20, 0, 0, Bytes.ofHex("05"))))
        .isInstanceOf(RtmpException.class);
  }

  @Test
  void findsTheMetadataInDataOfEitherType() {
    RtmpMessage data =
        CommandWriter.metadata(1, Map.of("encoder", new AmfValue.Text("obs-output")));

    assertThat(metadata(data).orElseThrow().text("encoder")).contains("obs-output");
    assertThat(metadata(amf3(data, MessageType.DATA_AMF3, 0))).isPresent();
    Bytes other = Amf0Writer.write(new AmfValue.Text("onFI"), AmfValue.NULL);
    assertThat(metadata(new RtmpMessage(4, 18, 1, 0, other))).isEmpty();
  }

  @Test
  void dropsMetadataThatCannotBeReadAndKeepsTheStream() {
    Bytes cutOff = Bytes.ofHex("02 000a 6f6e4d65746144617461 08 00000014 0001");
    Bytes amf3 = Bytes.ofHex("02 000a 6f6e4d65746144617461 11 0a");

    for (Bytes payload : List.of(cutOff, amf3)) {
      assertThatThrownBy(() -> metadata(new RtmpMessage(4, 18, 1, 0, payload)))
          .isInstanceOf(RtmpException.class)
          .hasMessageStartingWith("metadata: AMF0 ")
          .extracting(e -> ((RtmpException) e).scope())
          .isEqualTo(RtmpException.Scope.MESSAGE);
    }
  }

  @Test
  void takesAnAggregateApartAndMovesItsTimes() {
    RtmpMessage aggregate =
        new RtmpMessage(
            4,
            MessageType.AGGREGATE,
            1,
            1_000,
            Bytes.ofHex(
                "08 000002 ffffff 00 000000 af01 0000000d" // audio at 0x00ffffff
                    + "09 000001 000009 01 000000 17 0000000c")); // video 10 ms later

    assertThat(AggregateReader.read(aggregate))
        .isEqualTo(
            List.of(
                new RtmpMessage(4, 8, 1, 1_000, Bytes.ofHex("af01")),
                new RtmpMessage(4, 9, 1, 1_010, Bytes.ofHex("17"))));
  }

  @Test
  void refusesAnAggregateWhoseTagsAreCutOff() {
    RtmpMessage aggregate =
        new RtmpMessage(
            4, MessageType.AGGREGATE, 1, 0, Bytes.ofHex("08 000009 000000 00 000000 af01"));

    assertThatThrownBy(() -> AggregateReader.read(aggregate)).isInstanceOf(RtmpException.class);
  }

  @Test
  void refusesAnAggregateOfTooManyMessages() {
    String tag = "08 000001 000000 00 000000 af 0000000c";
    RtmpMessage most =
        new RtmpMessage(4, MessageType.AGGREGATE, 1, 0, Bytes.ofHex(tag.repeat(1_000)));
    RtmpMessage more =
        new RtmpMessage(4, MessageType.AGGREGATE, 1, 0, Bytes.ofHex(tag.repeat(1_001)));

    assertThat(AggregateReader.read(most)).hasSize(1_000);
    assertThatThrownBy(() -> AggregateReader.read(more))
        .isInstanceOf(RtmpException.class)
        .hasMessageContaining("at most 1000");
  }

  private static Command read(RtmpMessage message) {
    return CommandReader.read(message, AmfLimits.defaults());
  }

  private static Optional<AmfValue.Obj> metadata(RtmpMessage message) {
    return DataReader.metadata(message, AmfLimits.defaults());
  }

  private static RtmpMessage amf3(RtmpMessage plain, int type, int format) {
    byte[] payload = new byte[plain.payload().length() + 1];
    payload[0] = (byte) format;
    plain.payload().copyTo(payload, 1);
    return new RtmpMessage(
        plain.chunkStreamId(), type, plain.streamId(), plain.timestamp(), Bytes.wrap(payload));
  }

  @Test
  void theAnswerToConnectTellsWhichCodecsAreTaken() {
    Amf0Reader in = new Amf0Reader(CommandWriter.connected(1).payload(), AmfLimits.defaults());
    assertThat(in.next()).isEqualTo(new AmfValue.Text("_result"));
    in.next();
    Map<String, AmfValue> server = ((AmfValue.Obj) in.next()).properties();

    AmfValue forward = new AmfValue.Num(4);
    assertThat(((AmfValue.Obj) server.get("videoFourCcInfoMap")).properties())
        .containsOnly(
            Map.entry("avc1", forward),
            Map.entry("hvc1", forward),
            Map.entry("av01", forward),
            Map.entry("vp09", forward));
    assertThat(((AmfValue.Obj) server.get("audioFourCcInfoMap")).properties())
        .containsOnlyKeys("mp4a", "Opus", "ac-3", "ec-3", ".mp3", "fLaC");
    assertThat(((AmfValue.Array) server.get("fourCcList")).values())
        .hasSize(10)
        .contains(new AmfValue.Text("hvc1"), new AmfValue.Text("fLaC"));
    assertThat(server.get("capsEx")).isEqualTo(new AmfValue.Num(4));
  }
}
