package io.millrace.conformance.mp4;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.mp4.Chunk.ProducerTime;
import io.millrace.conformance.mp4.Chunk.Sample;
import io.millrace.conformance.mp4.InitSection.SampleDefaults;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the chunks of a part or a segment and judges each by itself. */
public final class SegmentReader {
  private static final int MAX_SAMPLES_OF_A_CHUNK = 1 << 20;
  private static final long SECONDS_FROM_1900_TO_1970 = 2_208_988_800L;

  private final InitSection init;
  private final String where;
  private final Findings findings;

  private SegmentReader(InitSection init, String where, Findings findings) {
    this.init = init;
    this.where = where;
    this.findings = findings;
  }

  /**
   * Reads the chunks of one.
   *
   * @param where its address, for the findings
   * @return those that could be read; what could not is a finding
   */
  public static List<Chunk> read(byte[] bytes, InitSection init, String where, Findings findings) {
    List<Chunk> chunks = new ArrayList<>();
    try {
      new SegmentReader(init, where, findings).chunks(bytes, chunks);
      findings.check(Rule.CMAF_BOXES, true, where, "", "");
    } catch (MalformedBoxException e) {
      findings.broken(Rule.CMAF_BOXES, where + " " + e.box(), e.seen(), e.expected());
    }
    return chunks;
  }

  /**
   * Whether the first sample of the first chunk is sync. The chunk may be cut behind it, as in a
   * playlist of I-frames.
   */
  public static boolean startsWithSync(byte[] bytes, InitSection init) {
    try {
      Box moof = Box.first(bytes, "moof");
      Box traf = moof.child("traf");
      Box.Fields tfhd = traf.child("tfhd").fields();
      int flags = tfhd.i32() & 0xFF_FFFF;
      SampleDefaults defaults = defaults(tfhd, flags, init.track(tfhd.u32()));
      return !samples(moof, traf, defaults, 0, 0).getFirst().nonSync();
    } catch (MalformedBoxException e) {
      return false;
    }
  }

  private void chunks(byte[] bytes, List<Chunk> chunks) throws MalformedBoxException {
    List<Box> boxes = Box.readAll(bytes);
    int start = 0;
    Optional<ProducerTime> prft = Optional.empty();
    List<String> brands = List.of();
    for (int i = 0; i < boxes.size(); i++) {
      Box box = boxes.get(i);
      switch (box.type()) {
        case "prft" -> prft = Optional.of(prft(box));
        case "styp" -> brands = InitSectionReader.brands(box);
        case "moof" -> {
          if (i + 1 == boxes.size() || !boxes.get(i + 1).type().equals("mdat")) {
            throw new MalformedBoxException(box.where(), "no mdat behind it", "one");
          }
          Box mdat = boxes.get(i + 1);
          Chunk chunk = chunk(bytes, box, mdat, start, prft);
          brands(brands, chunk, box);
          chunks.add(chunk);
          start = mdat.offset() + mdat.size();
          prft = Optional.empty();
          brands = List.of();
        }
        default -> {}
      }
    }
    findings.check(
        Rule.CMAF_SEGMENT_HEADER,
        boxes.stream().noneMatch(box -> box.type().equals("moov") || box.type().equals("ftyp")),
        where,
        "ftyp or moov",
        "chunks alone: the header is the init section");
    if (chunks.isEmpty()) {
      throw new MalformedBoxException("file", "no moof", "one");
    }
  }

  /** What calls itself a segment or a fragment begins with a sample that can be begun with. */
  private void brands(List<String> brands, Chunk chunk, Box moof) {
    if (brands.contains("cmfs") || brands.contains("cmff")) {
      boolean video = init.track(chunk.trackId()).filter(Track::isVideo).isPresent();
      findings.check(
          Rule.CMAF_SEGMENT_BRANDS,
          !video || !chunk.samples().getFirst().nonSync(),
          at(moof),
          "styp of %s before a first sample that is not sync".formatted(brands),
          "a sync sample, or neither cmfs nor cmff");
    }
  }

  private static ProducerTime prft(Box box) throws MalformedBoxException {
    Box.Fields fields = box.fields();
    int version = fields.u8();
    fields.skip(7);
    long ntp = fields.u64();
    long seconds = (ntp >>> 32) - SECONDS_FROM_1900_TO_1970;
    long nanos = ((ntp & 0xFFFF_FFFFL) * 1_000_000_000L) >>> 32;
    long mediaTime = version == 0 ? fields.u32() : fields.u64();
    return new ProducerTime(seconds * 1_000_000_000L + nanos, mediaTime);
  }

  private Chunk chunk(byte[] bytes, Box moof, Box mdat, int start, Optional<ProducerTime> prft)
      throws MalformedBoxException {
    long sequenceNumber = moof.child("mfhd").fields().skip(4).u32();
    List<Box> trafs = moof.children().stream().filter(b -> b.type().equals("traf")).toList();
    findings.check(
        Rule.CMAF_ONE_TRACK, trafs.size() == 1, at(moof), trafs.size() + " of traf", "one");
    if (trafs.isEmpty()) {
      throw new MalformedBoxException(moof.where(), "no traf", "one");
    }
    Box traf = trafs.getFirst();
    Box.Fields tfhd = traf.child("tfhd").fields();
    int flags = tfhd.i32() & 0xFF_FFFF;
    long trackId = tfhd.u32();
    boolean based = (flags & 0x02_0000) != 0 && (flags & 0x01) == 0;
    findings.check(
        Rule.CMAF_DEFAULT_BASE_IS_MOOF,
        based,
        at(moof) + " tfhd",
        "flags 0x%06X".formatted(flags),
        "0x020000 set, 0x000001 clear");
    Optional<Track> track = init.track(trackId);
    findings.check(
        Rule.CMAF_TRACK_ID,
        track.isPresent(),
        at(moof) + " tfhd",
        "track_ID " + trackId,
        "that of the init section");
    SampleDefaults defaults = defaults(tfhd, flags, track);
    long decodeTime = decodeTime(moof, traf);
    int base = based ? moof.offset() : 0;
    List<Sample> samples = samples(moof, traf, defaults, decodeTime, base);
    checkBytes(moof, mdat, samples);
    Chunk chunk =
        new Chunk(
            start, mdat.offset() + mdat.size(), sequenceNumber, trackId, decodeTime, samples, prft);
    if (track.isPresent()) {
      SampleRules.check(bytes, chunk, track.get(), at(moof), findings);
    }
    return chunk;
  }

  private String at(Box box) {
    return where + " " + box.where();
  }

  private static SampleDefaults defaults(Box.Fields tfhd, int flags, Optional<Track> track)
      throws MalformedBoxException {
    tfhd.skip((flags & 0x01) != 0 ? 8 : 0).skip((flags & 0x02) != 0 ? 4 : 0);
    SampleDefaults of = track.map(Track::defaults).orElse(new SampleDefaults(0, 0, 0));
    long duration = (flags & 0x08) != 0 ? tfhd.u32() : of.duration();
    long size = (flags & 0x10) != 0 ? tfhd.u32() : of.size();
    long sampleFlags = (flags & 0x20) != 0 ? tfhd.u32() : of.flags();
    return new SampleDefaults(duration, size, sampleFlags);
  }

  private long decodeTime(Box moof, Box traf) throws MalformedBoxException {
    Optional<Box> tfdt = traf.optionalChild("tfdt");
    findings.check(Rule.CMAF_TFDT, tfdt.isPresent(), at(moof) + " traf", "no tfdt", "one");
    if (tfdt.isEmpty()) {
      return 0;
    }
    Box.Fields fields = tfdt.get().fields();
    int version = fields.u8();
    findings.check(
        Rule.CMAF_TFDT_VERSION, version == 1, at(moof) + " tfdt", "version " + version, "1");
    fields.skip(3);
    return version == 0 ? fields.u32() : fields.u64();
  }

  private static List<Sample> samples(
      Box moof, Box traf, SampleDefaults defaults, long decodeTime, int base)
      throws MalformedBoxException {
    List<Sample> samples = new ArrayList<>();
    long time = decodeTime;
    long at = Long.MIN_VALUE;
    for (Box trun : traf.children()) {
      if (!trun.type().equals("trun")) {
        continue;
      }
      Box.Fields fields = trun.fields();
      int head = fields.i32();
      int flags = head & 0xFF_FFFF;
      long count = fields.u32();
      if (count > MAX_SAMPLES_OF_A_CHUNK - samples.size()) {
        throw new MalformedBoxException(
            trun.where(), "sample_count " + count, "up to " + MAX_SAMPLES_OF_A_CHUNK);
      }
      at = (flags & 0x01) != 0 ? base + (long) fields.i32() : at;
      long first = (flags & 0x04) != 0 ? fields.u32() : defaults.flags();
      for (long i = 0; i < count; i++) {
        long duration = (flags & 0x100) != 0 ? fields.u32() : defaults.duration();
        long size = (flags & 0x200) != 0 ? fields.u32() : defaults.size();
        long own = (flags & 0x400) != 0 ? fields.u32() : i == 0 ? first : defaults.flags();
        long offset = (flags & 0x800) == 0 ? 0 : head >>> 24 == 0 ? fields.u32() : fields.i32();
        int start = at >= 0 && at + size <= Integer.MAX_VALUE ? (int) at : -1;
        samples.add(
            new Sample(
                time,
                duration,
                (int) Math.min(size, Integer.MAX_VALUE),
                offset,
                (own & 0x01_0000) != 0,
                start));
        at += at < 0 ? 0 : size;
        time += duration;
      }
    }
    if (samples.isEmpty()) {
      throw new MalformedBoxException(moof.where(), "no samples", "at least one");
    }
    return samples;
  }

  private void checkBytes(Box moof, Box mdat, List<Sample> samples) {
    int header = mdat.size() - mdat.payload().limit();
    int first = mdat.offset() + header;
    int end = mdat.offset() + mdat.size();
    Sample start = samples.getFirst();
    findings.check(
        Rule.CMAF_DATA_OFFSET,
        start.start() >= first && start.start() <= end,
        at(moof) + " trun",
        "samples at byte " + start.start(),
        "in its mdat, bytes %d to %d".formatted(first, end));
    long size = samples.stream().mapToLong(Sample::size).sum();
    findings.check(
        Rule.CMAF_SAMPLE_SIZES,
        size == mdat.payload().limit(),
        at(moof) + " trun",
        "samples of %d bytes".formatted(size),
        "the mdat's %d".formatted(mdat.payload().limit()));
  }
}
