package io.millrace.conformance.mp4;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Compares codecs strings (RFC 6381): one that is declared with that of an init section.
 *
 * <p>Profile and level have to be the same, whatever the case of letters. What a string may leave
 * out stands for its default, or for what is not told at all: the colours of AV1 and VP9 ("AV1 in
 * ISOBMFF" 5, "VP Codec ISO Media File Format Binding"), trailing zeros of HEVC's constraints
 * (ISO/IEC 14496-15 E.3).
 */
public final class Codecs {
  /** Colours that are BT.709's, or not told. */
  private static final Set<String> USUAL = Set.of("01", "02");

  /** Fields that may be left out, each with what it may be then; by the four letters. */
  private static final Map<String, List<Set<String>>> LEFT_OUT =
      Map.of(
          "av01",
          List.of(
              Set.of("0"),
              // Where the colour samples of 4:2:0 lie counts for no decoder.
              Set.of("110", "111", "112"),
              USUAL,
              USUAL,
              USUAL,
              Set.of("0")),
          "vp09",
          List.of(Set.of("00", "01"), USUAL, USUAL, USUAL, Set.of("00")));

  /** MP3 is named by its object type of MPEG-1 or MPEG-2, or by that within MPEG-4. */
  private static final Set<List<String>> MP3 = Set.of(List.of("mp4a", "6b"), List.of("mp4a", "69"));

  private static final List<String> MP3_OF_MPEG_4 = List.of("mp4a", "40", "34");

  /** Four letters, profile, level, and bit depth or what else stands there. */
  private static final int FIELDS_ALWAYS = 4;

  private Codecs() {}

  /**
   * Whether a declared string names the format.
   *
   * @param declared one element of CODECS or {@code codecs}
   * @param format as {@link InitSection.Track#codecs} has it; of four letters alone nothing more is
   *     known
   */
  public static boolean names(String declared, String format) {
    List<String> said = fields(declared);
    List<String> is = fields(format);
    if (!said.getFirst().equals(is.getFirst())) {
      return false;
    }
    if (is.size() == 1 || (said.equals(MP3_OF_MPEG_4) && MP3.contains(is))) {
      return true;
    }
    List<Set<String>> leftOut = LEFT_OUT.get(is.getFirst());
    return leftOut == null ? said.equals(is) : agree(said, is, leftOut);
  }

  private static boolean agree(List<String> said, List<String> is, List<Set<String>> leftOut) {
    if (said.size() < FIELDS_ALWAYS
        || said.size() > FIELDS_ALWAYS + leftOut.size()
        || !said.subList(0, FIELDS_ALWAYS).equals(is.subList(0, FIELDS_ALWAYS))) {
      return false;
    }
    // What the init section does not tell is not judged.
    for (int i = FIELDS_ALWAYS; i < is.size(); i++) {
      boolean same =
          i < said.size()
              ? said.get(i).equals(is.get(i))
              : leftOut.get(i - FIELDS_ALWAYS).contains(is.get(i));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** In one way of writing. */
  private static List<String> fields(String codecs) {
    List<String> fields =
        new ArrayList<>(List.of(codecs.strip().toLowerCase(Locale.ROOT).split("\\.", -1)));
    if (fields.getFirst().matches("hvc1|hev1")) {
      while (fields.size() > FIELDS_ALWAYS && fields.getLast().matches("0{1,2}")) {
        fields.removeLast();
      }
      for (int i = FIELDS_ALWAYS; i < fields.size(); i++) {
        fields.set(i, fields.get(i).replaceFirst("^0(?=.)", ""));
      }
    }
    return fields;
  }
}
