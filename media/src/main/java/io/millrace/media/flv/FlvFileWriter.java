package io.millrace.media.flv;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;

/** Writes the pieces of an FLV file (annex E.2): a header, then one tag after the other. */
public final class FlvFileWriter {
  private FlvFileWriter() {}

  public static Bytes header(boolean audio, boolean video) {
    return Bytes.wrap(
        ByteBuffer.allocate(13)
            .put(new byte[] {'F', 'L', 'V', 1})
            .put((byte) ((audio ? 4 : 0) | (video ? 1 : 0)))
            .putInt(9)
            .putInt(0)
            .array());
  }

  public static Bytes tag(FlvTag tag) {
    int size = tag.body().length();
    int time = (int) tag.timestampMs();
    ByteBuffer out =
        ByteBuffer.allocate(11 + size + 4)
            .putInt(tag.type() << 24 | size)
            .putInt(time << 8 | time >>> 24)
            .put(new byte[3]);
    tag.body().copyTo(out.array(), out.position());
    return Bytes.wrap(out.putInt(11 + size, 11 + size).array());
  }
}
