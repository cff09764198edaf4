package io.millrace.packager;

import io.millrace.media.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.StringJoiner;

/**
 * Reads the fields of a box bit by bit and writes them down, each with its name or the values
 * alone. What is reserved is written only where it is not as it must be.
 *
 * <p>A layout names fields in their order: {@code name:16} is a number of so many bits, {@code
 * name:s16} one with a sign, {@code name:x24} one in hexadecimal, {@code name:16.16} one with a
 * point, {@code name:4cc} four letters, {@code name:text} letters up to a 0, {@code name:ntp} a
 * time (RFC 5905 6), {@code name:lang} a language, {@code name:flags} sample flags, {@code
 * name:hex} all that is left. {@code 0:16} and {@code 1:6} are bits that must be that; {@code full}
 * is the version and the flags of a full box.
 */
final class BoxFields {
  private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;

  private final Bytes body;
  private final boolean named;
  private final StringJoiner out = new StringJoiner(" ");
  private long bit;

  BoxFields(Bytes body, boolean named) {
    this.body = body;
    this.named = named;
  }

  boolean hasMore() {
    return bit < body.length() * 8L;
  }

  /** What no field took yet. */
  Bytes rest() {
    if (bit % 8 != 0) {
      throw new AssertionError("fields end within a byte: " + out);
    }
    Bytes rest = body.slice((int) (bit / 8));
    bit = body.length() * 8L;
    return rest;
  }

  /** Reads the fields of a layout; gives the last one's value, 0 of one that is no number. */
  long fields(String layout) {
    long value = 0;
    for (String field : layout.split(" ", -1)) {
      value = field.equals("full") ? full() : field(field);
    }
    return value;
  }

  /** Version and flags; gives both as one number. */
  private long full() {
    long version = bits(8);
    long flags = bits(24);
    if (named || version != 0) {
      out.add((named ? "version=" : "v") + version);
    }
    if (named || flags != 0) {
      out.add((named ? "flags=" : "") + "%06x".formatted(flags));
    }
    return version << 24 | flags;
  }

  private long field(String field) {
    int colon = field.lastIndexOf(':');
    String name = field.substring(0, colon);
    String kind = field.substring(colon + 1);
    switch (kind) {
      case "4cc" -> write(name, letters(4));
      case "text" -> write(name, '"' + textUpToZero() + '"');
      case "hex" -> write(name, rest().toHex());
      case "ntp" -> write(name, ntp().toString());
      case "lang" -> write(name, language());
      case "flags" -> write(name, sampleFlags(bits(32)));
      default -> {
        return number(name, kind);
      }
    }
    return 0;
  }

  private long number(String name, String kind) {
    if (name.equals("0") || name.equals("1")) {
      reserved(Integer.parseInt(kind), name.equals("1"));
      return 0;
    }
    int point = kind.indexOf('.');
    if (point > 0) {
      int fraction = Integer.parseInt(kind.substring(point + 1));
      long value = bits(Integer.parseInt(kind.substring(0, point)) + fraction);
      double exact = (double) value / (1L << fraction);
      write(name, exact == Math.rint(exact) ? Long.toString((long) exact) : "" + exact);
      return value;
    }
    boolean hex = kind.startsWith("x");
    boolean signed = kind.startsWith("s");
    int count = Integer.parseInt(hex || signed ? kind.substring(1) : kind);
    long value = bits(count);
    if (signed) {
      value = value << (64 - count) >> (64 - count);
    }
    write(name, hex ? "%0".concat(count / 4 + "x").formatted(value) : Long.toString(value));
    return value;
  }

  private void reserved(int count, boolean ones) {
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < count; i++) {
      value = value.shiftLeft(1).or(BigInteger.valueOf(bits(1)));
    }
    BigInteger all = BigInteger.ONE.shiftLeft(count).subtract(BigInteger.ONE);
    if (!value.equals(ones ? all : BigInteger.ZERO)) {
      out.add("RESERVED=" + value.toString(16));
    }
  }

  /** So many bytes in hexadecimal. */
  void hex(String name, long bytes) {
    StringBuilder text = new StringBuilder();
    for (long i = 0; i < bytes; i++) {
      text.append("%02x".formatted(bits(8)));
    }
    write(name, text.toString());
  }

  /** Units of two bytes' length each, as many as the field that is read before them says. */
  void units(String count, String unit) {
    for (long left = fields(count); left > 0; left--) {
      hex(unit, bits(16));
    }
  }

  void write(String name, String value) {
    out.add(named ? name + "=" + value : value);
  }

  /** Reads up to 64 bits and writes nothing. */
  long bits(int count) {
    long value = 0;
    for (int i = 0; i < count; i++, bit++) {
      int at = (int) (bit / 8);
      if (at >= body.length()) {
        throw new AssertionError("a field past the end, after " + out);
      }
      value = value << 1 | (body.get(at) >> (7 - bit % 8) & 1);
    }
    return value;
  }

  private String letters(int count) {
    byte[] letters = new byte[count];
    for (int i = 0; i < count; i++) {
      letters[i] = (byte) bits(8);
    }
    return new String(letters, StandardCharsets.ISO_8859_1).strip();
  }

  private String textUpToZero() {
    StringBuilder text = new StringBuilder();
    for (long letter = bits(8); letter != 0; letter = bits(8)) {
      text.append((char) letter);
    }
    return text.toString();
  }

  /** Three letters of five bits each (ISO 14496-12 8.4.2.3). */
  private String language() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      text.append((char) (0x60 + bits(5)));
    }
    return text.toString();
  }

  /** As {@link BoxDump} says; what else is set behind them. */
  static String sampleFlags(long flags) {
    StringBuilder text = new StringBuilder();
    for (int shift = 26; shift >= 20; shift -= 2) {
      text.append(flags >> shift & 3);
    }
    text.append((flags >> 16 & 1) != 0 ? "n" : "");
    long others = flags & 0xF00E_FFFFL;
    return text + (others != 0 ? "+%08x".formatted(others) : "");
  }

  /** To the millisecond: half of one is more than what the fraction is rounded by. */
  private Instant ntp() {
    long seconds = bits(32) - NTP_EPOCH_SECONDS;
    return Instant.ofEpochSecond(seconds).plusMillis((bits(32) * 1_000 + (1L << 31)) >> 32);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
