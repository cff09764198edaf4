package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.flv.FlvAudioCodec;
import io.millrace.media.flv.FlvVideoCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes command and data messages, a server's and a publisher's (RTMP 1.0, 7.2). */
public final class CommandWriter {
  /** The chunk stream that encoders use for commands. */
  public static final int COMMANDS = 3;

  /** The chunk stream of a stream's status and media. */
  public static final int STREAM = 4;

  /** FourCcInfoMask: passes frames on, without decoding or encoding them. */
  private static final int CAN_FORWARD = 4;

  /** CapsExMask: ModEx is read; of further video tracks and nanoseconds nothing is promised. */
  private static final int CAPS_MOD_EX = 4;

  private CommandWriter() {}

  /** Makes a command message of the values that follow the name. */
  public static RtmpMessage command(
      int chunkStreamId, int streamId, String name, AmfValue... values) {
    AmfValue[] all = new AmfValue[values.length + 1];
    all[0] = new AmfValue.Text(name);
    System.arraycopy(values, 0, all, 1, values.length);
    return new RtmpMessage(
        chunkStreamId, MessageType.COMMAND_AMF0, streamId, 0, Amf0Writer.write(all));
  }

  public static RtmpMessage result(double transaction, AmfValue... values) {
    AmfValue[] all = new AmfValue[values.length + 1];
    all[0] = new AmfValue.Num(transaction);
    System.arraycopy(values, 0, all, 1, values.length);
    return command(COMMANDS, 0, "_result", all);
  }

  public static RtmpMessage error(double transaction, String code, String description) {
    return command(
        COMMANDS,
        0,
        "_error",
        new AmfValue.Num(transaction),
        AmfValue.NULL,
        status("error", code, description));
  }

  /**
   * The answer to connect. It tells which codecs are taken, and how (Enhanced RTMP v2, "Enhancing
   * NetConnection connect Command").
   */
  public static RtmpMessage connected(double transaction) {
    Map<String, AmfValue> server = new LinkedHashMap<>();
    server.put("fmsVer", new AmfValue.Text("FMS/3,0,1,123"));
    server.put("capabilities", new AmfValue.Num(31));
    Map<String, AmfValue> video = new LinkedHashMap<>();
    for (FlvVideoCodec codec : FlvVideoCodec.values()) {
      video.put(codec.fourCc(), new AmfValue.Num(CAN_FORWARD));
    }
    Map<String, AmfValue> audio = new LinkedHashMap<>();
    for (FlvAudioCodec codec : FlvAudioCodec.values()) {
      audio.put(codec.fourCc(), new AmfValue.Num(CAN_FORWARD));
    }
    List<AmfValue> fourCcs = new ArrayList<>();
    video.keySet().forEach(fourCc -> fourCcs.add(new AmfValue.Text(fourCc)));
    audio.keySet().forEach(fourCc -> fourCcs.add(new AmfValue.Text(fourCc)));
    server.put("fourCcList", new AmfValue.Array(fourCcs));
    server.put("videoFourCcInfoMap", object(video));
    server.put("audioFourCcInfoMap", object(audio));
    server.put("capsEx", new AmfValue.Num(CAPS_MOD_EX));
    Map<String, AmfValue> info = new LinkedHashMap<>();
    info.put("level", new AmfValue.Text("status"));
    info.put("code", new AmfValue.Text("NetConnection.Connect.Success"));
    info.put("description", new AmfValue.Text("Connection succeeded."));
    info.put("objectEncoding", new AmfValue.Num(0));
    return result(transaction, object(server), object(info));
  }

  /** The answer to FCPublish. Some hardware encoders look for their transaction in it. */
  public static RtmpMessage onFcPublish(double transaction, String description) {
    return command(
        COMMANDS,
        0,
        "onFCPublish",
        new AmfValue.Num(transaction),
        AmfValue.NULL,
        status("status", "NetStream.Publish.Start", description));
  }

  public static RtmpMessage onStatus(int streamId, String level, String code, String description) {
    return command(
        STREAM,
        streamId,
        "onStatus",
        new AmfValue.Num(0),
        AmfValue.NULL,
        status(level, code, description));
  }

  /** What a publisher says first. */
  public static RtmpMessage connect(double transaction, String app, String tcUrl, String client) {
    Map<String, AmfValue> connection = new LinkedHashMap<>();
    connection.put("app", new AmfValue.Text(app));
    connection.put("type", new AmfValue.Text("nonprivate"));
    connection.put("flashVer", new AmfValue.Text(client));
    connection.put("tcUrl", new AmfValue.Text(tcUrl));
    return command(COMMANDS, 0, "connect", new AmfValue.Num(transaction), object(connection));
  }

  /** Makes releaseStream, FCPublish or FCUnpublish. */
  public static RtmpMessage named(String command, double transaction, String streamName) {
    return command(
        COMMANDS,
        0,
        command,
        new AmfValue.Num(transaction),
        AmfValue.NULL,
        new AmfValue.Text(streamName));
  }

  public static RtmpMessage createStream(double transaction) {
    return command(COMMANDS, 0, "createStream", new AmfValue.Num(transaction), AmfValue.NULL);
  }

  public static RtmpMessage publish(double transaction, int streamId, String streamName) {
    return command(
        STREAM,
        streamId,
        "publish",
        new AmfValue.Num(transaction),
        AmfValue.NULL,
        new AmfValue.Text(streamName),
        new AmfValue.Text("live"));
  }

  public static RtmpMessage deleteStream(double transaction, int streamId) {
    return command(
        COMMANDS,
        0,
        "deleteStream",
        new AmfValue.Num(transaction),
        AmfValue.NULL,
        new AmfValue.Num(streamId));
  }

  /** A data message with onMetaData, as encoders send it. */
  public static RtmpMessage metadata(int streamId, Map<String, AmfValue> properties) {
    return new RtmpMessage(
        STREAM,
        MessageType.DATA_AMF0,
        streamId,
        0,
        Amf0Writer.write(
            new AmfValue.Text("@setDataFrame"),
            new AmfValue.Text("onMetaData"),
            new AmfValue.Obj(properties, /* ecmaArray= */ true)));
  }

  private static AmfValue status(String level, String code, String description) {
    Map<String, AmfValue> info = new LinkedHashMap<>();
    info.put("level", new AmfValue.Text(level));
    info.put("code", new AmfValue.Text(code));
    info.put("description", new AmfValue.Text(description));
    return object(info);
  }

  private static AmfValue object(Map<String, AmfValue> properties) {
    return new AmfValue.Obj(properties, /* ecmaArray= */ false);
  }
}
