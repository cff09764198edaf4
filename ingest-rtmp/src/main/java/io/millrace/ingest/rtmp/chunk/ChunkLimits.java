package io.millrace.ingest.rtmp.chunk;

/**
 * Holds what one connection may cost.
 *
 * @param maxMediaBytes length of an audio, video or aggregate message of a peer that publishes
 * @param maxOtherBytes length of any other message
 * @param maxPartialMessages messages begun and not complete, at the same time
 * @param maxPartialBytes memory held by messages begun and not complete; while the peer does not
 *     publish, no more than two of {@code maxOtherBytes}
 * @param maxChunkStreams chunk streams that were ever used
 */
public record ChunkLimits(
    int maxMediaBytes,
    int maxOtherBytes,
    int maxPartialMessages,
    int maxPartialBytes,
    int maxChunkStreams) {
  /** What the 24 bits of a message's length can say. */
  public static final int MAX_MESSAGE_BYTES = 0xFFFFFF;

  public ChunkLimits {
    check("rtmp.max-media-bytes", maxMediaBytes, MAX_MESSAGE_BYTES);
    check("rtmp.max-other-bytes", maxOtherBytes, MAX_MESSAGE_BYTES);
    check("rtmp.max-partial-messages", maxPartialMessages, 65_599);
    check("rtmp.max-partial-bytes", maxPartialBytes, Integer.MAX_VALUE);
    check("rtmp.max-chunk-streams", maxChunkStreams, 65_599);
  }

  public static ChunkLimits defaults() {
    return new ChunkLimits(8 << 20, 256 << 10, 16, 16 << 20, 64);
  }

  int maxBytes(int messageType, boolean publishing) {
    int most = MessageType.isMedia(messageType) ? maxMediaBytes : maxOtherBytes;
    return publishing ? most : Math.min(most, maxOtherBytes);
  }

  /** Which of the two {@link #maxBytes} is. */
  Limit ofBytes(int messageType, boolean publishing) {
    boolean media = maxBytes(messageType, publishing) == maxMediaBytes;
    return MessageType.isMedia(messageType) && media ? Limit.MEDIA_BYTES : Limit.OTHER_BYTES;
  }

  int maxPartialBytes(boolean publishing) {
    return publishing ? maxPartialBytes : (int) Math.min(maxPartialBytes, 2L * maxOtherBytes);
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
    }
  }
}
