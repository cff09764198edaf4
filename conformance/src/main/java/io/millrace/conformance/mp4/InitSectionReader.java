package io.millrace.conformance.mp4;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.mp4.InitSection.SampleDefaults;
import io.millrace.conformance.mp4.InitSection.Track;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads init sections and judges them (ISO/IEC 23000-19 7.3.1, ISO/IEC 14496-12 8). */
public final class InitSectionReader {
  private InitSectionReader() {}

  /**
   * Reads one.
   *
   * @param where its address, for the findings
   * @return empty where it cannot be read, which is a finding
   */
  public static Optional<InitSection> read(byte[] bytes, String where, Findings findings) {
    try {
      InitSection init = parse(bytes);
      findings.check(Rule.CMAF_BOXES, true, where, "", "");
      boolean brand = init.brands().contains("cmfc") || init.brands().contains("cmf2");
      findings.check(Rule.CMAF_BRAND, brand, where + " ftyp", init.brands(), "cmfc or cmf2");
      findings.check(
          Rule.CMAF_ONE_TRACK,
          init.tracks().size() == 1,
          where + " moov",
          init.tracks().size() + " tracks",
          "one");
      return Optional.of(init);
    } catch (MalformedBoxException e) {
      findings.broken(Rule.CMAF_BOXES, where + " " + e.box(), e.seen(), e.expected());
      return Optional.empty();
    }
  }

  private static InitSection parse(byte[] bytes) throws MalformedBoxException {
    List<Box> boxes = Box.readAll(bytes);
    Box ftyp = only(boxes, "ftyp");
    Box moov = only(boxes, "moov");
    Box mvex = moov.child("mvex");
    List<Track> tracks = new ArrayList<>();
    for (Box trak : moov.children()) {
      if (trak.type().equals("trak")) {
        tracks.add(track(trak, mvex));
      }
    }
    if (tracks.isEmpty()) {
      throw new MalformedBoxException(moov.where(), "no trak", "one");
    }
    return new InitSection(brands(ftyp), tracks);
  }

  private static Box only(List<Box> boxes, String type) throws MalformedBoxException {
    List<Box> found = boxes.stream().filter(box -> box.type().equals(type)).toList();
    if (found.size() != 1) {
      throw new MalformedBoxException(
          "file", "%d of %s".formatted(found.size(), type), "one " + type);
    }
    return found.getFirst();
  }

  static List<String> brands(Box ftyp) throws MalformedBoxException {
    Box.Fields fields = ftyp.fields();
    List<String> brands = new ArrayList<>();
    brands.add(fields.type());
    fields.skip(4);
    while (fields.remaining() >= 4) {
      brands.add(fields.type());
    }
    return brands;
  }

  private static Track track(Box trak, Box mvex) throws MalformedBoxException {
    Box.Fields tkhd = trak.child("tkhd").fields();
    int version = tkhd.u8();
    long id = tkhd.skip(3).skip(version == 1 ? 16 : 8).u32();
    Box mdia = trak.child("mdia");
    Box.Fields mdhd = mdia.child("mdhd").fields();
    boolean wide = mdhd.u8() == 1;
    long timescale = mdhd.skip(3).skip(wide ? 16 : 8).u32();
    if (timescale == 0) {
      throw new MalformedBoxException(mdia.child("mdhd").where(), "timescale 0", "from 1");
    }
    String handler = mdia.child("hdlr").fields().skip(8).type();
    Box stsd = mdia.child("minf").child("stbl").child("stsd");
    List<Box> entries = stsd.children(8);
    if (entries.isEmpty()) {
      throw new MalformedBoxException(stsd.where(), "no sample entry", "one");
    }
    return entry(id, timescale, handler, entries.getFirst(), defaults(id, mvex));
  }

  private static SampleDefaults defaults(long id, Box mvex) throws MalformedBoxException {
    for (Box trex : mvex.children()) {
      if (trex.type().equals("trex")) {
        Box.Fields fields = trex.fields().skip(4);
        if (fields.u32() == id) {
          fields.skip(4);
          return new SampleDefaults(fields.u32(), fields.u32(), fields.u32());
        }
      }
    }
    throw new MalformedBoxException(mvex.where(), "no trex of track " + id, "one");
  }

  private static Track entry(
      long id, long timescale, String handler, Box entry, SampleDefaults defaults)
      throws MalformedBoxException {
    if (!handler.equals("vide")) {
      String codecs = entry.type().equals("mp4a") ? mp4a(entry) : entry.type();
      return new Track(id, timescale, handler, entry.type(), codecs, 0, 0, 1, 1, 0, 0, defaults);
    }
    Box.Fields fields = entry.fields().skip(24);
    int width = fields.u16();
    int height = fields.u16();
    Optional<Box> avcC = config(entry, "avcC");
    Optional<Box> hvcC = config(entry, "hvcC");
    String codecs = entry.type();
    int nalLengthBytes = 0;
    if (avcC.isPresent()) {
      byte[] record = avcC.get().fields().bytes(5);
      codecs = "%s.%02X%02X%02X".formatted(entry.type(), record[1], record[2], record[3]);
      nalLengthBytes = (record[4] & 3) + 1;
    } else if (hvcC.isPresent()) {
      byte[] record = hvcC.get().fields().bytes(22);
      codecs = hevc(entry.type(), record);
      nalLengthBytes = (record[21] & 3) + 1;
    }
    long aspectWidth = 1;
    long aspectHeight = 1;
    Optional<Box> pasp = config(entry, "pasp");
    if (pasp.isPresent()) {
      Box.Fields spacing = pasp.get().fields();
      aspectWidth = Math.max(1, spacing.u32());
      aspectHeight = Math.max(1, spacing.u32());
    }
    return new Track(
        id,
        timescale,
        handler,
        entry.type(),
        codecs,
        width,
        height,
        aspectWidth,
        aspectHeight,
        transfer(entry),
        nalLengthBytes,
        defaults);
  }

  /** Of a {@code colr} of type nclx (ISO/IEC 14496-12 12.1.5); 0 where there is none. */
  private static int transfer(Box entry) throws MalformedBoxException {
    Optional<Box> colr = config(entry, "colr");
    if (colr.isEmpty()) {
      return 0;
    }
    Box.Fields fields = colr.get().fields();
    return fields.type().equals("nclx") ? fields.skip(2).u16() : 0;
  }

  private static Optional<Box> config(Box entry, String type) throws MalformedBoxException {
    return entry.children(78).stream().filter(box -> box.type().equals(type)).findFirst();
  }

  /** ISO/IEC 14496-15 E.3. */
  private static String hevc(String entry, byte[] record) {
    String space = new String[] {"", "A", "B", "C"}[(record[1] >> 6) & 3];
    int compatibility = Integer.reverse(ByteBuffer.wrap(record).getInt(2));
    StringBuilder text = new StringBuilder(entry);
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
    return text.toString();
  }

  /** The object type of an {@code esds} (ISO/IEC 14496-14, ISO/IEC 14496-3 1.6.2.1). */
  private static String mp4a(Box entry) throws MalformedBoxException {
    Optional<Box> esds =
        entry.children(28).stream().filter(box -> box.type().equals("esds")).findFirst();
    if (esds.isEmpty()) {
      throw new MalformedBoxException(entry.where(), "no esds", "one");
    }
    Box.Fields fields = esds.get().fields().skip(4);
    while (fields.remaining() > 2) {
      int tag = fields.u8();
      int length = descriptorLength(fields);
      switch (tag) {
        case 3 -> fields.skip(3);
        case 4 -> {
          int objectType = fields.u8();
          if (objectType != 0x40) {
            return "mp4a.%02X".formatted(objectType);
          }
          fields.skip(12);
        }
        case 5 -> {
          int first = fields.u8();
          int type = first >> 3;
          return "mp4a.40." + (type == 31 ? 32 + ((first & 7) << 3 | fields.u8() >> 5) : type);
        }
        default -> fields.skip(length);
      }
    }
    throw new MalformedBoxException(esds.get().where(), "no AudioSpecificConfig", "one");
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
}
