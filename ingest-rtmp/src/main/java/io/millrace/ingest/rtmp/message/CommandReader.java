package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads command messages, types 20 and 17 (RTMP 1.0, 7.1.1). */
public final class CommandReader {
  private static final int MAX_ARGUMENTS = 16;

  private CommandReader() {}

  /** Reads the command. Throws {@link RtmpException} where it is none. */
  public static Command read(RtmpMessage message, AmfLimits limits) {
    Amf0Reader in = new Amf0Reader(amf0(message), limits);
    String name = name(in);
    double transaction = in.hasNext() && in.next() instanceof AmfValue.Num(double n) ? n : 0;
    List<AmfValue> arguments = new ArrayList<>();
    while (in.hasNext() && arguments.size() < MAX_ARGUMENTS) {
      arguments.add(in.next());
    }
    return switch (name) {
      case "connect" -> connect(transaction, arguments);
      case "releaseStream" -> new Command.ReleaseStream(transaction, text(arguments, 1));
      case "FCPublish" -> new Command.FcPublish(transaction, text(arguments, 1));
      case "createStream" -> new Command.CreateStream(transaction);
      case "publish" -> new Command.Publish(transaction, text(arguments, 1), text(arguments, 2));
      case "FCUnpublish" -> new Command.FcUnpublish(transaction, text(arguments, 1));
      case "deleteStream" -> new Command.DeleteStream(transaction, (int) number(arguments, 1));
      case "closeStream" -> new Command.CloseStream(transaction);
      case "_checkbw" -> new Command.CheckBandwidth(transaction);
      case "play", "play2" -> new Command.Play(transaction, text(arguments, 1));
      default -> new Command.Unknown(transaction, name);
    };
  }

  /**
   * The values of a command or data message: those of types 17 and 15 stand behind a format byte.
   */
  static Bytes amf0(RtmpMessage message) {
    Bytes payload = message.payload();
    boolean amf3 =
        message.type() == MessageType.COMMAND_AMF3 || message.type() == MessageType.DATA_AMF3;
    if (!amf3) {
      return payload;
    }
    if (payload.isEmpty() || payload.get(0) != 0) {
      throw new RtmpException(
          RtmpException.Code.AMF_UNSUPPORTED, "format of the message (expected: 0)");
    }
    return payload.slice(1);
  }

  private static String name(Amf0Reader in) {
    if (in.next() instanceof AmfValue.Text name) {
      return name.value();
    }
    throw new RtmpException(RtmpException.Code.AMF, "command name: none (expected: a text)");
  }

  private static Command connect(double transaction, List<AmfValue> arguments) {
    AmfValue.Obj object =
        !arguments.isEmpty() && arguments.get(0) instanceof AmfValue.Obj given
            ? given
            : new AmfValue.Obj(Map.of(), /* ecmaArray= */ false);
    return new Command.Connect(
        transaction,
        object.text("app").orElse(""),
        object.text("tcUrl").orElse(""),
        object.text("flashVer").orElse(""));
  }

  private static String text(List<AmfValue> arguments, int index) {
    return index < arguments.size() && arguments.get(index) instanceof AmfValue.Text(String value)
        ? value
        : "";
  }

  private static double number(List<AmfValue> arguments, int index) {
    return index < arguments.size() && arguments.get(index) instanceof AmfValue.Num(double value)
        ? value
        : 0;
  }
}
