package io.millrace.conformance.mp4;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads from a sample entry what its codecs string has to be (RFC 6381), with profile and level as
 * the box with the decoder's configuration tells them. Of entries that are not known here, and of
 * encrypted ones, it is the four letters alone.
 */
final class CodecsReader {
  /** Where the boxes of a VisualSampleEntry begin (ISO/IEC 14496-12 12.1.3). */
  static final int VISUAL_BYTES = 78;

  /** Those of an AudioSampleEntry (12.2.3). */
  private static final int AUDIO_BYTES = 28;

  private static final int MPEG_4_AUDIO = 0x40;
  private static final int ESCAPED_OBJECT_TYPE = 31;
  private static final int EXPLICIT_RATE = 15;
  private static final int SBR = 5;
  private static final int PS = 29;
  private static final int SBR_FOLLOWS = 0x2B7;
  private static final int PS_FOLLOWS = 0x548;
  private static final int STREAM_INFO_BYTES = 34;

  private CodecsReader() {}

  /**
   * What a visual sample entry says.
   *
   * @param codecs the string; of AV1 without colours where no {@code colr} tells them
   * @param nalLengthBytes before each NAL unit; 0 where samples are not made of those
   */
  record Video(String codecs, int nalLengthBytes) {}

  static Video video(Box entry) throws MalformedBoxException {
    return switch (entry.type()) {
      case "avc1", "avc2", "avc3", "avc4" -> avc(entry);
      case "hvc1", "hev1" -> hevc(entry);
      case "av01" -> new Video(av1(entry), 0);
      case "vp08", "vp09" -> new Video(vp9(entry), 0);
      case "encv" -> new Video(original(entry, VISUAL_BYTES), 0);
      default -> new Video(entry.type(), 0);
    };
  }

  static String audio(Box entry) throws MalformedBoxException {
    return switch (entry.type()) {
      case "mp4a" -> mp4a(entry);
      case "ac-3" -> ac3(entry);
      case "ec-3" -> eac3(entry);
      case "Opus" -> opus(entry);
      case "fLaC" -> flac(entry);
      case "enca" -> original(entry, AUDIO_BYTES);
      default -> entry.type();
    };
  }

  private static Box configuration(Box entry, int skip, String type) throws MalformedBoxException {
    for (Box box : entry.children(skip)) {
      if (box.type().equals(type)) {
        return box;
      }
    }
    throw new MalformedBoxException(entry.where(), "no " + type, "one");
  }

  /** What an encrypted entry was before (ISO/IEC 14496-12 8.12.2). */
  private static String original(Box entry, int skip) throws MalformedBoxException {
    return configuration(entry, skip, "sinf").child("frma").fields().type();
  }

  private static BitFields bits(Box box) throws MalformedBoxException {
    Box.Fields fields = box.fields();
    return new BitFields(box.where(), fields.bytes(fields.remaining()));
  }

  private static void require(boolean holds, Box box, String seen, String expected)
      throws MalformedBoxException {
    if (!holds) {
      throw new MalformedBoxException(box.where(), seen, expected);
    }
  }

  private static Video avc(Box entry) throws MalformedBoxException {
    byte[] record = configuration(entry, VISUAL_BYTES, "avcC").fields().bytes(5);
    String codecs = "%s.%02X%02X%02X".formatted(entry.type(), record[1], record[2], record[3]);
    return new Video(codecs, (record[4] & 3) + 1);
  }

  /** ISO/IEC 14496-15 E.3. */
  private static Video hevc(Box entry) throws MalformedBoxException {
    byte[] record = configuration(entry, VISUAL_BYTES, "hvcC").fields().bytes(22);
    String space = new String[] {"", "A", "B", "C"}[(record[1] >> 6) & 3];
    int compatibility = Integer.reverse(ByteBuffer.wrap(record).getInt(2));
    StringBuilder text = new StringBuilder(entry.type());
    text.append('.').append(space).append(record[1] & 0x1F);
    text.append('.').append(Integer.toHexString(compatibility).toUpperCase(Locale.ROOT));
    text.append('.').append((record[1] & 0x20) != 0 ? 'H' : 'L').append(record[12] & 0xFF);
    int last = 11;
    while (last >= 6 && record[last] == 0) {
      last--;
    }
    for (int i = 6; i <= last; i++) {
      text.append('.').append("%X".formatted(record[i]));
    }
    return new Video(text.toString(), (record[21] & 3) + 1);
  }

  /** AV1 in ISOBMFF 5. */
  private static String av1(Box entry) throws MalformedBoxException {
    Box av1C = configuration(entry, VISUAL_BYTES, "av1C");
    BitFields in = bits(av1C);
    require(in.take(8) == 0x81, av1C, "another marker or version", "marker 1, version 1");
    int profile = in.take(3);
    int level = in.take(5);
    int tier = in.take(1);
    boolean high = in.take(1) == 1;
    boolean twelve = in.take(1) == 1;
    int bitDepth = !high ? 8 : profile == 2 && twelve ? 12 : 10;
    int monochrome = in.take(1);
    int horizontal = in.take(1);
    int vertical = in.take(1);
    int position = in.take(2);
    String format =
        "av01.%d.%02d%s.%02d.%d.%d%d%d"
            .formatted(
                profile,
                level,
                tier == 0 ? "M" : "H",
                bitDepth,
                monochrome,
                horizontal,
                vertical,
                horizontal == 1 && vertical == 1 ? position : 0);
    Optional<Nclx> colour = Nclx.of(entry);
    return colour.isEmpty()
        ? format
        : "%s.%02d.%02d.%02d.%d"
            .formatted(
                format,
                colour.get().primaries(),
                colour.get().transfer(),
                colour.get().matrix(),
                colour.get().fullRange() ? 1 : 0);
  }

  /** VP Codec ISO Media File Format Binding. */
  private static String vp9(Box entry) throws MalformedBoxException {
    Box vpcC = configuration(entry, VISUAL_BYTES, "vpcC");
    BitFields in = bits(vpcC);
    require(in.take(8) == 1, vpcC, "another version", "1");
    in.skip(24);
    int profile = in.take(8);
    int level = in.take(8);
    int bitDepth = in.take(4);
    int chroma = in.take(3);
    int fullRange = in.take(1);
    return "%s.%02d.%02d.%02d.%02d.%02d.%02d.%02d.%02d"
        .formatted(
            entry.type(),
            profile,
            level,
            bitDepth,
            chroma,
            in.take(8),
            in.take(8),
            in.take(8),
            fullRange);
  }

  /** The object type of an {@code esds} (ISO/IEC 14496-14). */
  private static String mp4a(Box entry) throws MalformedBoxException {
    Box esds = configuration(entry, AUDIO_BYTES, "esds");
    Box.Fields fields = esds.fields().skip(4);
    while (fields.remaining() > 2) {
      int tag = fields.u8();
      int length = descriptorLength(fields);
      switch (tag) {
        case 3 -> fields.skip(3);
        case 4 -> {
          int objectType = fields.u8();
          if (objectType != MPEG_4_AUDIO) {
            return "mp4a.%02X".formatted(objectType);
          }
          fields.skip(12);
        }
        case 5 -> {
          BitFields config = new BitFields(esds.where(), fields.bytes(length));
          return "mp4a.40." + audioObjectType(config);
        }
        default -> fields.skip(length);
      }
    }
    throw new MalformedBoxException(esds.where(), "no AudioSpecificConfig", "one");
  }

  private static int descriptorLength(Box.Fields fields) throws MalformedBoxException {
    int length = 0;
    for (int i = 0; i < 4; i++) {
      int next = fields.u8();
      length = length << 7 | (next & 0x7F);
      if ((next & 0x80) == 0) {
        break;
      }
    }
    return length;
  }

  /**
   * Of an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1), that of its extension also where it is
   * told in the way that older decoders skip (1.6.5).
   */
  private static int audioObjectType(BitFields in) throws MalformedBoxException {
    int type = objectType(in);
    skipRate(in);
    in.skip(4);
    // What stands between is the codec's own; the extension is known by its first bits.
    while (type != SBR && type != PS && in.left() > 16) {
      if (in.peek(11) == SBR_FOLLOWS) {
        in.skip(11);
        return extended(in, type);
      }
      in.skip(1);
    }
    return type;
  }

  private static int extended(BitFields in, int type) throws MalformedBoxException {
    if (objectType(in) != SBR || in.take(1) == 0) {
      return type;
    }
    skipRate(in);
    boolean parametric = in.left() > 11 && in.take(11) == PS_FOLLOWS && in.take(1) == 1;
    return parametric ? PS : SBR;
  }

  private static int objectType(BitFields in) throws MalformedBoxException {
    int type = in.take(5);
    return type == ESCAPED_OBJECT_TYPE ? 32 + in.take(6) : type;
  }

  private static void skipRate(BitFields in) throws MalformedBoxException {
    if (in.take(4) == EXPLICIT_RATE) {
      in.skip(24);
    }
  }

  /** ETSI TS 102 366 F.4. */
  private static String ac3(Box entry) throws MalformedBoxException {
    Box dac3 = configuration(entry, AUDIO_BYTES, "dac3");
    BitFields in = bits(dac3);
    int rate = in.take(2);
    require(rate != 3 && in.left() >= 22, dac3, "fscod " + rate, "0 to 2, and what follows it");
    return entry.type();
  }

  /** ETSI TS 102 366 F.6. */
  private static String eac3(Box entry) throws MalformedBoxException {
    Box dec3 = configuration(entry, AUDIO_BYTES, "dec3");
    BitFields in = bits(dec3).skip(16);
    int rate = in.take(2);
    require(rate != 3 && in.left() >= 22, dec3, "fscod " + rate, "0 to 2, and what follows it");
    return entry.type();
  }

  /** Opus in ISOBMFF 4.3.2. */
  private static String opus(Box entry) throws MalformedBoxException {
    Box dOps = configuration(entry, AUDIO_BYTES, "dOps");
    BitFields in = bits(dOps);
    int version = in.take(8);
    int channels = in.take(8);
    require(
        version == 0 && channels > 0 && in.left() >= 72,
        dOps,
        "Version %d, %d channels".formatted(version, channels),
        "Version 0, at least one channel, and what follows it");
    return entry.type();
  }

  /** FLAC in ISOBMFF 3.3.2: STREAMINFO is the first block. */
  private static String flac(Box entry) throws MalformedBoxException {
    Box dfLa = configuration(entry, AUDIO_BYTES, "dfLa");
    BitFields in = bits(dfLa).skip(33);
    int type = in.take(7);
    int length = in.take(24);
    require(
        type == 0 && length == STREAM_INFO_BYTES && in.left() >= 8 * STREAM_INFO_BYTES,
        dfLa,
        "a first block of type %d and %d bytes".formatted(type, length),
        "STREAMINFO (0) of %d".formatted(STREAM_INFO_BYTES));
    return entry.type();
  }
}
