package io.millrace.conformance.mp4;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.mp4.InitSection.SampleDefaults;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.ArrayList;
import java.util.List;
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
      String codecs = CodecsReader.audio(entry);
      return new Track(id, timescale, handler, entry.type(), codecs, 0, 0, 1, 1, 0, 0, defaults);
    }
    Box.Fields fields = entry.fields().skip(24);
    int width = fields.u16();
    int height = fields.u16();
    CodecsReader.Video video = CodecsReader.video(entry);
    long aspectWidth = 1;
    long aspectHeight = 1;
    Optional<Box> pasp =
        entry.children(CodecsReader.VISUAL_BYTES).stream()
            .filter(box -> box.type().equals("pasp"))
            .findFirst();
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
        video.codecs(),
        width,
        height,
        aspectWidth,
        aspectHeight,
        Nclx.of(entry).map(Nclx::transfer).orElse(0),
        video.nalLengthBytes(),
        defaults);
  }
}
