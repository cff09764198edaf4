package io.millrace.media.mp4;

import io.millrace.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Writes nested boxes (ISO 14496-12 4.2); a box's size is filled in when it ends. */
public final class BoxWriter {
  private byte[] buffer = new byte[1024];
  private int size;
  private final Deque<Integer> open = new ArrayDeque<>();

  public BoxWriter box(String type) {
    open.push(size);
    return u32(0).text(type);
  }

  public BoxWriter fullBox(String type, int version, int flags) {
    return box(type).u8(version).u24(flags);
  }

  /** Ends the box that was begun last. */
  public BoxWriter end() {
    int start = open.pop();
    int length = size - start;
    for (int i = 0; i < 4; i++) {
      buffer[start + i] = (byte) (length >>> (24 - 8 * i));
    }
    return this;
  }

  public BoxWriter u8(int value) {
    reserve(1);
    buffer[size++] = (byte) value;
    return this;
  }

  public BoxWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  public BoxWriter u24(int value) {
    return u8(value >>> 16).u16(value);
  }

  public BoxWriter u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  public BoxWriter u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  public BoxWriter zeros(int count) {
    reserve(count);
    size += count;
    return this;
  }

  public BoxWriter text(String ascii) {
    return bytes(Bytes.wrap(ascii.getBytes(StandardCharsets.US_ASCII)));
  }

  public BoxWriter bytes(Bytes value) {
    reserve(value.length());
    value.copyTo(buffer, size);
    size += value.length();
    return this;
  }

  /** All that was written; every box must have ended. */
  public Bytes toBytes() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(open.size() + " boxes have not ended");
    }
    return Bytes.wrap(Arrays.copyOf(buffer, size));
  }

  private void reserve(int count) {
    if (size + count > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + count));
    }
  }
}
