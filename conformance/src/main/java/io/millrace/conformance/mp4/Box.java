package io.millrace.conformance.mp4;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One box (ISO/IEC 14496-12 4.2): its type, where it lies, and what it holds.
 *
 * @param offset of its first byte in the bytes that were read
 * @param size with its header
 * @param payload what follows the header; never moved
 */
record Box(String type, int offset, int size, ByteBuffer payload) {
  private static final int HEADER_BYTES = 8;
  private static final int LARGE_HEADER_BYTES = 16;

  /** More boxes side by side than any segment has: whoever sends them wants to be busy with us. */
  private static final int MAX_SIBLINGS = 10_000;

  /** Reads boxes until the bytes end. */
  static List<Box> readAll(byte[] bytes) throws MalformedBoxException {
    return readAll(ByteBuffer.wrap(bytes), 0, "file");
  }

  /** The first box of a type, whatever follows it. */
  static Box first(byte[] bytes, String type) throws MalformedBoxException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int at = 0;
    for (int i = 0; i < MAX_SIBLINGS && at < bytes.length; i++) {
      Box box = read(in, at, 0, "file");
      if (box.type().equals(type)) {
        return box;
      }
      at += box.size();
    }
    throw new MalformedBoxException("file", "no " + type, "one");
  }

  private static List<Box> readAll(ByteBuffer in, int base, String parent)
      throws MalformedBoxException {
    List<Box> boxes = new ArrayList<>();
    int at = 0;
    while (at < in.limit()) {
      Box box = read(in, at, base, parent);
      boxes.add(box);
      at += box.size();
      if (boxes.size() > MAX_SIBLINGS) {
        throw new MalformedBoxException(
            parent, "more boxes than " + MAX_SIBLINGS, "up to " + MAX_SIBLINGS);
      }
    }
    return boxes;
  }

  private static Box read(ByteBuffer in, int at, int base, String parent)
      throws MalformedBoxException {
    int left = in.limit() - at;
    String where = "%s, byte %d".formatted(parent, base + at);
    if (left < HEADER_BYTES) {
      throw new MalformedBoxException(where, left + " bytes left", "a box, or none");
    }
    String type = fourLetters(in, at + 4);
    long size = Integer.toUnsignedLong(in.getInt(at));
    int header = HEADER_BYTES;
    if (size == 1 && left >= LARGE_HEADER_BYTES) {
      size = in.getLong(at + 8);
      header = LARGE_HEADER_BYTES;
    } else if (size == 0) {
      size = left;
    }
    if (size < header || size > left) {
      throw new MalformedBoxException(
          "%s: %s".formatted(where, type),
          "size " + Long.toUnsignedString(size),
          "from %d to the %d bytes that are left".formatted(header, left));
    }
    ByteBuffer payload = in.slice(at + header, (int) size - header);
    return new Box(type, base + at, (int) size, payload);
  }

  private static String fourLetters(ByteBuffer in, int at) {
    byte[] letters = new byte[4];
    in.get(at, letters);
    return new String(letters, StandardCharsets.ISO_8859_1);
  }

  /** The boxes in it. */
  List<Box> children() throws MalformedBoxException {
    return children(0);
  }

  /** The boxes in it, after so many bytes of its own. */
  List<Box> children(int skip) throws MalformedBoxException {
    if (payload.limit() < skip) {
      throw new MalformedBoxException(
          where(), payload.limit() + " bytes of payload", "at least " + skip);
    }
    return readAll(
        payload.slice(skip, payload.limit() - skip),
        offset + (size - payload.limit()) + skip,
        type);
  }

  /** The one box of a type in it. */
  Box child(String childType) throws MalformedBoxException {
    List<Box> found = children().stream().filter(each -> each.type().equals(childType)).toList();
    if (found.size() != 1) {
      throw new MalformedBoxException(
          where(), "%d of %s".formatted(found.size(), childType), "one " + childType);
    }
    return found.getFirst();
  }

  Optional<Box> optionalChild(String childType) throws MalformedBoxException {
    return children().stream().filter(each -> each.type().equals(childType)).findFirst();
  }

  String where() {
    return "%s at byte %d".formatted(type, offset);
  }

  /** Reads fields one after the other. */
  Fields fields() {
    return new Fields(this, payload.duplicate());
  }

  /** The fields of a box, big-endian, each checked to be there. */
  static final class Fields {
    private final Box box;
    private final ByteBuffer in;

    private Fields(Box box, ByteBuffer in) {
      this.box = box;
      this.in = in;
    }

    private interface Read<T> {
      T read();
    }

    private <T> T checked(Read<T> read) throws MalformedBoxException {
      try {
        return read.read();
      } catch (BufferUnderflowException e) {
        throw new MalformedBoxException(
            box.where(), in.limit() + " bytes of payload", "more, for its fields");
      }
    }

    int u8() throws MalformedBoxException {
      return checked(() -> in.get() & 0xFF);
    }

    int u16() throws MalformedBoxException {
      return checked(() -> in.getShort() & 0xFFFF);
    }

    int i32() throws MalformedBoxException {
      return checked(in::getInt);
    }

    long u32() throws MalformedBoxException {
      return Integer.toUnsignedLong(i32());
    }

    long u64() throws MalformedBoxException {
      return checked(in::getLong);
    }

    String type() throws MalformedBoxException {
      return new String(bytes(4), StandardCharsets.ISO_8859_1);
    }

    byte[] bytes(int length) throws MalformedBoxException {
      return checked(
          () -> {
            if (in.remaining() < length) {
              throw new BufferUnderflowException();
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            return bytes;
          });
    }

    Fields skip(int length) throws MalformedBoxException {
      checked(
          () -> {
            if (in.remaining() < length) {
              throw new BufferUnderflowException();
            }
            return in.position(in.position() + length);
          });
      return this;
    }

    int remaining() {
      return in.remaining();
    }
  }
}
