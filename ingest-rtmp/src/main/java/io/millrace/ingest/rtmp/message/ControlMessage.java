package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Makes and reads protocol control and user control messages (RTMP 1.0, 5.4 and 7.1.7). */
public final class ControlMessage {
  private static final int CONTROL = 2;
  private static final int STREAM_BEGIN = 0;
  private static final int PING_REQUEST = 6;
  private static final int PING_RESPONSE = 7;

  private ControlMessage() {}

  public static RtmpMessage setChunkSize(int bytes) {
    return control(MessageType.SET_CHUNK_SIZE, ByteBuffer.allocate(4).putInt(bytes));
  }

  /** {@code receivedBytes}: the low 32 bits go out. */
  public static RtmpMessage acknowledgement(long receivedBytes) {
    return control(MessageType.ACKNOWLEDGEMENT, ByteBuffer.allocate(4).putInt((int) receivedBytes));
  }

  public static RtmpMessage windowAcknowledgementSize(int bytes) {
    return control(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, ByteBuffer.allocate(4).putInt(bytes));
  }

  /** With the dynamic limit type. */
  public static RtmpMessage setPeerBandwidth(int bytes) {
    return control(
        MessageType.SET_PEER_BANDWIDTH, ByteBuffer.allocate(5).putInt(bytes).put((byte) 2));
  }

  public static RtmpMessage streamBegin(int streamId) {
    return userControl(STREAM_BEGIN, streamId);
  }

  public static RtmpMessage pingRequest(int timeMs) {
    return userControl(PING_REQUEST, timeMs);
  }

  public static RtmpMessage pingResponse(int timeMs) {
    return userControl(PING_RESPONSE, timeMs);
  }

  /** The time that a ping request wants back; empty where the message is anything else. */
  public static OptionalInt readPingRequest(RtmpMessage message) {
    ByteBuffer payload = message.payload().asByteBuffer();
    return message.type() == MessageType.USER_CONTROL
            && payload.remaining() >= 6
            && payload.getShort() == PING_REQUEST
        ? OptionalInt.of(payload.getInt())
        : OptionalInt.empty();
  }

  /** The window that the peer asks to be acknowledged; empty where the message is anything else. */
  public static OptionalInt readWindow(RtmpMessage message) {
    return message.type() == MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE
            && message.payload().length() >= 4
        ? OptionalInt.of(message.payload().asByteBuffer().getInt())
        : OptionalInt.empty();
  }

  private static RtmpMessage userControl(int event, int value) {
    return control(
        MessageType.USER_CONTROL, ByteBuffer.allocate(6).putShort((short) event).putInt(value));
  }

  private static RtmpMessage control(int type, ByteBuffer payload) {
    return new RtmpMessage(CONTROL, type, 0, 0, Bytes.copyOf(payload.flip()));
  }
}
