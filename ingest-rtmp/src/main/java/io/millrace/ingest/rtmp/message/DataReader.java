package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import java.util.Optional;

/** Reads data messages, types 18 and 15 (RTMP 1.0, 7.1.2). */
public final class DataReader {
  private DataReader() {}

  /**
   * The properties of onMetaData; empty where the message is about anything else. Throws {@link
   * RtmpException} with the scope of a message on what cannot be read: the stream is there without
   * its description, and some encoders describe it badly.
   */
  public static Optional<AmfValue.Obj> metadata(RtmpMessage message, AmfLimits limits) {
    try {
      return read(new Amf0Reader(CommandReader.amf0(message), limits));
    } catch (RtmpException e) {
      throw new RtmpException(RtmpException.Code.METADATA, "metadata: " + e.getMessage(), e);
    }
  }

  private static Optional<AmfValue.Obj> read(Amf0Reader in) {
    while (in.hasNext()) {
      AmfValue value = in.next();
      if (value instanceof AmfValue.Obj properties) {
        return Optional.of(properties);
      }
      boolean expected =
          value instanceof AmfValue.Text(String name)
              && (name.equals("@setDataFrame") || name.equals("onMetaData"));
      if (!expected) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
