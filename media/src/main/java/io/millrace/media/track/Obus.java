package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.List;

/** Walks over open bitstream units in the low-overhead format (AV1 5.2, 5.3). */
final class Obus {
  static final int SEQUENCE_HEADER = 1;
  static final int TEMPORAL_DELIMITER = 2;
  static final int FRAME_HEADER = 3;
  static final int METADATA = 5;
  static final int FRAME = 6;

  /** Enough for any temporal unit, and a limit for one made of headers alone. */
  private static final int MOST_UNITS = 4_096;

  /**
   * One unit.
   *
   * @param whole with its header
   * @param payload without
   */
  record Obu(int type, Bytes whole, Bytes payload) {}

  private Obus() {}

  /** All units. Throws {@link MalformedMediaException} where the bytes are not made of them. */
  static List<Obu> all(Bytes unit) {
    List<Obu> obus = new ArrayList<>();
    int at = 0;
    while (at < unit.length()) {
      Obu obu = read(unit, at);
      obus.add(obu);
      at += obu.whole().length();
      if (obus.size() > MOST_UNITS) {
        throw MalformedMediaException.of("OBUs", obus.size(), "at most " + MOST_UNITS);
      }
    }
    return obus;
  }

  private static Obu read(Bytes unit, int start) {
    int header = unit.unsigned(start);
    if ((header & 0x80) != 0) {
      throw MalformedMediaException.of("OBU header", header, "0..127");
    }
    int at = start + ((header & 4) != 0 ? 2 : 1);
    long size = (long) unit.length() - at;
    if ((header & 2) != 0) {
      size = 0;
      int shift = 0;
      int next;
      do {
        if (at >= unit.length() || shift > 49) {
          throw MalformedMediaException.of("OBU size at byte", at, "a number of at most 8 bytes");
        }
        next = unit.unsigned(at++);
        size |= (next & 0x7FL) << shift;
        shift += 7;
      } while ((next & 0x80) != 0);
    }
    if (size < 0 || size > unit.length() - at) {
      throw MalformedMediaException.of("OBU size", size, "0.." + (unit.length() - at));
    }
    return new Obu(
        header >> 3 & 0xF, unit.slice(start, at - start + (int) size), unit.slice(at, (int) size));
  }
}
