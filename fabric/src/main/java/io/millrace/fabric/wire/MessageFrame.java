package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.MessageHeaderDecoder;
import io.millrace.media.Bytes;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.sbe.MessageDecoderFlyweight;

/** Holds one received message whose header is sound. Reused; confined to one thread. */
final class MessageFrame {
  private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private boolean shared;

  /**
   * Looks at a message and checks its header.
   *
   * @param shared whether the bytes stay as they are for ever, so that values may refer to them
   */
  void wrap(DirectBuffer source, int offset, int length, boolean shared) {
    if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
      throw new WireException(
          WireException.Reason.TRUNCATED,
          "message of %d bytes (expected: %d or more)"
              .formatted(length, MessageHeaderDecoder.ENCODED_LENGTH));
    }
    buffer.wrap(source, offset, length);
    this.shared = shared;
    header.wrap(buffer, 0);
    if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID || header.version() < 1) {
      throw new WireException(
          WireException.Reason.SCHEMA,
          "schema %d, version %d (expected: %d and 1 or more)"
              .formatted(header.schemaId(), header.version(), MessageHeaderDecoder.SCHEMA_ID));
    }
    if (header.length() != length) {
      throw new WireException(
          WireException.Reason.TRUNCATED,
          "length: %d (expected: the %d bytes that came)".formatted(header.length(), length));
    }
  }

  int templateId() {
    return header.templateId();
  }

  /** Sets a decoder on the message; its block must be as long as ours or longer. */
  <T extends MessageDecoderFlyweight> T decode(T decoder) {
    return decode(decoder, decoder.sbeBlockLength(), decoder.sbeSchemaVersion());
  }

  /** Whether the message is of a version that has other codecs than H.264 and AAC. */
  boolean hasMoreCodecs() {
    return header.version() >= WireVersion.MORE_CODECS;
  }

  /**
   * The same for a message whose block has grown.
   *
   * @param lengthBefore how long it was before {@code grownIn}, the version of the schema
   */
  <T extends MessageDecoderFlyweight> T decode(T decoder, int lengthBefore, int grownIn) {
    int blockLength = header.blockLength();
    int least = header.version() < grownIn ? lengthBefore : decoder.sbeBlockLength();
    int most = buffer.capacity() - MessageHeaderDecoder.ENCODED_LENGTH;
    if (blockLength < least || blockLength > most) {
      throw new WireException(
          WireException.Reason.TRUNCATED,
          "block of template %d: %d bytes (expected: %d to %d)"
              .formatted(templateId(), blockLength, least, most));
    }
    decoder.wrap(buffer, MessageHeaderDecoder.ENCODED_LENGTH, blockLength, header.version());
    return decoder;
  }

  DirectBuffer buffer() {
    return buffer;
  }

  /** The variable data with a 32-bit length at {@code at}. */
  Bytes bytesAt(int at) {
    return Fields.bytes(buffer, at, shared);
  }
}
