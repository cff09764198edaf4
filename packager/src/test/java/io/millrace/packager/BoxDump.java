package io.millrace.packager;

import static java.util.Map.entry;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.Box;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Writes boxes down field by field, in the words of the standards that define them; a box that it
 * does not know is an error. Written from the standards and not from what the writer does. In a
 * line the values stand without their names, in the same order.
 *
 * <p>Sample flags (ISO 14496-12 8.8.3.1) are is_leading, sample_depends_on, sample_is_depended_on
 * and sample_has_redundancy, one digit each, and {@code n} for sample_is_non_sync_sample.
 */
final class BoxDump {
  private static final Set<String> CONTAINERS =
      Set.of("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf");

  private static final String VISUAL =
      "0:48 data_reference_index:16 0:128 width:16 height:16 horizresolution:16.16"
          + " vertresolution:16.16 0:32 frame_count:16 0:256 depth:16 pre_defined:s16";

  private static final String AUDIO =
      "0:48 data_reference_index:16 0:64 channelcount:16 samplesize:16 0:32 samplerate:16.16";

  /** Boxes whose body is these fields and then boxes. */
  private static final Map<String, String> BEFORE_BOXES =
      Map.ofEntries(
          entry("stsd", "full entry_count:32"),
          entry("dref", "full entry_count:32"),
          entry("avc1", VISUAL),
          entry("hvc1", VISUAL),
          entry("av01", VISUAL),
          entry("vp09", VISUAL),
          entry("mp4a", AUDIO),
          entry("Opus", AUDIO),
          entry("ac-3", AUDIO),
          entry("ec-3", AUDIO),
          entry("fLaC", AUDIO));

  private static final String MATRIX =
      "a:16.16 b:16.16 u:2.30 c:16.16 d:16.16 v:2.30 x:16.16 y:16.16 w:2.30";

  /** ISO 14496-12 and ISO 23001-8. */
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          entry(
              "mvhd",
              "full creation_time:32 modification_time:32 timescale:32 duration:32 rate:16.16"
                  + " volume:8.8 0:80 "
                  + MATRIX
                  + " 0:192 next_track_ID:32"),
          entry(
              "tkhd",
              "full creation_time:32 modification_time:32 track_ID:32 0:32 duration:32 0:64"
                  + " layer:s16 alternate_group:s16 volume:8.8 0:16 "
                  + MATRIX
                  + " width:16.16 height:16.16"),
          entry(
              "mdhd",
              "full creation_time:32 modification_time:32 timescale:32 duration:32 0:1"
                  + " language:lang 0:16"),
          entry("hdlr", "full 0:32 handler_type:4cc 0:96 name:text"),
          entry("vmhd", "full graphicsmode:16 red:16 green:16 blue:16"),
          entry("smhd", "full balance:8.8 0:16"),
          entry("url ", "full"),
          entry("stts", "full entry_count:32"),
          entry("stsc", "full entry_count:32"),
          entry("stsz", "full sample_size:32 sample_count:32"),
          entry("stco", "full entry_count:32"),
          entry(
              "trex",
              "full track_ID:32 default_sample_description_index:32 default_sample_duration:32"
                  + " default_sample_size:32 default_sample_flags:flags"),
          entry("mfhd", "full sequence_number:32"),
          entry("pasp", "hSpacing:32 vSpacing:32"),
          entry(
              "colr",
              "colour_type:4cc colour_primaries:16 transfer_characteristics:16"
                  + " matrix_coefficients:16 full_range_flag:1 0:7"),
          entry("clli", "max_content_light_level:16 max_pic_average_light_level:16"),
          entry(
              "mdcv",
              "display_primaries_x0:16 y0:16 x1:16 y1:16 x2:16 y2:16 white_point_x:16"
                  + " white_point_y:16 max_display_mastering_luminance:32"
                  + " min_display_mastering_luminance:32"));

  private BoxDump() {}

  /** A line for each box, its size in bytes behind its type. */
  static String lines(Bytes boxes, String indent) {
    StringBuilder out = new StringBuilder();
    for (Box box : Box.all(boxes)) {
      out.append(indent).append(box.type()).append(' ').append(box.sizeBytes());
      BoxFields fields = new BoxFields(box.body(), /* named= */ true);
      Bytes inside = read(box, fields);
      String text = fields.toString();
      out.append(text.isEmpty() ? "" : ": ").append(text).append('\n');
      out.append(lines(inside, indent + "  "));
    }
    return out.toString();
  }

  /** The same in one line, without names and sizes, but for that of {@code mdat}. */
  static String line(Bytes boxes) {
    StringJoiner out = new StringJoiner(" ");
    for (Box box : Box.all(boxes)) {
      BoxFields fields = new BoxFields(box.body(), /* named= */ false);
      Bytes inside = read(box, fields);
      String text = fields + (inside.isEmpty() ? "" : line(inside));
      out.add(box.type() + '(' + text + ')');
    }
    return out.toString();
  }

  /** Reads the fields of a box; gives the boxes in it. */
  private static Bytes read(Box box, BoxFields in) {
    String type = box.type();
    if (CONTAINERS.contains(type)) {
      return in.rest();
    }
    String before = BEFORE_BOXES.get(type);
    if (before != null) {
      in.fields(before);
      return in.rest();
    }
    String fields = FIELDS.get(type);
    if (fields != null) {
      in.fields(fields);
    } else {
      switch (type) {
        case "ftyp", "styp" -> brands(in);
        case "prft" -> prft(in);
        case "tfhd" -> tfhd(in);
        case "tfdt" -> tfdt(in);
        case "trun" -> trun(in);
        case "mdat" -> in.write("bytes", Integer.toString(in.rest().length()));
        default -> CodecBoxes.read(type, in);
      }
    }
    if (in.hasMore()) {
      throw new AssertionError("%s: bytes after %s".formatted(type, in));
    }
    return Bytes.EMPTY;
  }

  private static void brands(BoxFields in) {
    in.fields("major_brand:4cc minor_version:32");
    while (in.hasMore()) {
      in.fields("compatible_brand:4cc");
    }
  }

  /** ISO 14496-12 8.16.5. */
  private static void prft(BoxFields in) {
    boolean long64 = in.fields("full") >>> 24 != 0;
    in.fields("reference_track_ID:32 ntp_timestamp:ntp media_time:" + (long64 ? 64 : 32));
  }

  /** ISO 14496-12 8.8.7. */
  private static void tfhd(BoxFields in) {
    long flags = in.fields("full");
    in.fields("track_ID:32");
    optional(in, flags, 0x01, "base_data_offset:64");
    optional(in, flags, 0x02, "sample_description_index:32");
    optional(in, flags, 0x08, "default_sample_duration:32");
    optional(in, flags, 0x10, "default_sample_size:32");
    optional(in, flags, 0x20, "default_sample_flags:flags");
  }

  private static void optional(BoxFields in, long flags, long flag, String field) {
    if ((flags & flag) != 0) {
      in.fields(field);
    }
  }

  /** ISO 14496-12 8.8.12. */
  private static void tfdt(BoxFields in) {
    boolean long64 = in.fields("full") >>> 24 != 0;
    in.fields("baseMediaDecodeTime:" + (long64 ? 64 : 32));
  }

  /** ISO 14496-12 8.8.8; the samples' fields as columns, equal values in a row as one. */
  private static void trun(BoxFields in) {
    long flags = in.fields("full");
    boolean signed = flags >>> 24 != 0;
    long count = in.fields("sample_count:32");
    optional(in, flags, 0x01, "data_offset:s32");
    optional(in, flags, 0x04, "first_sample_flags:flags");
    Column duration = new Column();
    Column size = new Column();
    Column sampleFlags = new Column();
    Column offset = new Column();
    for (long i = 0; i < count; i++) {
      duration.add((flags & 0x100) != 0, () -> Long.toString(in.bits(32)));
      size.add((flags & 0x200) != 0, () -> Long.toString(in.bits(32)));
      sampleFlags.add((flags & 0x400) != 0, () -> BoxFields.sampleFlags(in.bits(32)));
      offset.add(
          (flags & 0x800) != 0, () -> "%+d".formatted(signed ? (int) in.bits(32) : in.bits(32)));
    }
    duration.write(in, "sample_duration");
    size.write(in, "sample_size");
    sampleFlags.write(in, "sample_flags");
    offset.write(in, "sample_composition_time_offset");
  }
}
