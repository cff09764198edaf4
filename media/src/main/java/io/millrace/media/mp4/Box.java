package io.millrace.media.mp4;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds one box of a file.
 *
 * @param type four letters
 * @param offset of its first byte in what was read
 * @param body what follows size and type
 */
public record Box(String type, int offset, Bytes body) {
  private static final int HEADER_BYTES = 8;

  /** The boxes that {@code bytes} consist of. Throws {@link MalformedMediaException}. */
  public static List<Box> all(Bytes bytes) {
    List<Box> boxes = new ArrayList<>();
    int at = 0;
    while (at < bytes.length()) {
      if (bytes.length() - at < HEADER_BYTES) {
        throw MalformedMediaException.of("bytes after the last box", bytes.length() - at, "0");
      }
      long size = Integer.toUnsignedLong(bytes.slice(at, 4).asByteBuffer().getInt());
      if (size < HEADER_BYTES || size > bytes.length() - at) {
        throw MalformedMediaException.of("box size", size, "8.." + (bytes.length() - at));
      }
      String type = new String(bytes.slice(at + 4, 4).toArray(), StandardCharsets.ISO_8859_1);
      boxes.add(new Box(type, at, bytes.slice(at + HEADER_BYTES, (int) size - HEADER_BYTES)));
      at += (int) size;
    }
    return boxes;
  }

  /** The boxes in this one. */
  public List<Box> children() {
    return all(body);
  }

  public int sizeBytes() {
    return HEADER_BYTES + body.length();
  }
}
