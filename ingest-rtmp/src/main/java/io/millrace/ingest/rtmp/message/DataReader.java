package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import java.util.Optional;

/** Reads data messages, types 18 and 15 (RTMP 1.0, 7.1.2). */
public final class DataReader {
  private DataReader() {}

  /** The properties of onMetaData; empty where the message is about anything else. */
  public static Optional<AmfValue.Obj> metadata(RtmpMessage message) {
    Amf0Reader in = new Amf0Reader(CommandReader.amf0(message));
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
