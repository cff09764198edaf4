package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the parameter sets of a stream of H.264 or HEVC: those of its configuration record, and
 * those that its samples bring. The sample entries avc1 and hvc1 have them in the record alone (ISO
 * 14496-15 5.3, 8.3). Confined to one thread.
 *
 * <p>A set replaces that with its id. Where a sample brings a sequence parameter set that is new,
 * and picture parameter sets with it, nothing else of these kinds is left. What cannot be read, and
 * what a record does not hold, changes nothing.
 */
public abstract sealed class ParameterSets permits AvcParameterSets, HevcParameterSets {
  /** A record's; what is made of samples has the limit of what is read. */
  static final int MOST_BYTES = 65_536;

  /** Of the length before each. */
  private static final int LENGTH_BYTES = 2;

  private static final int MOST_SET_BYTES = 65_535;

  /** In a record's order. */
  enum Kind {
    VIDEO,
    SEQUENCE,
    PICTURE
  }

  record Key(Kind kind, int id) {}

  private final int nalLengthSize;
  private final int nalHeaderBytes;
  private Map<Key, Bytes> sets = new LinkedHashMap<>();
  private boolean changed;
  private boolean broughtBySamples;

  ParameterSets(int nalLengthSize, int nalHeaderBytes) {
    this.nalLengthSize = nalLengthSize;
    this.nalHeaderBytes = nalHeaderBytes;
  }

  /** Those of a configuration; empty where its codec has none. */
  public static Optional<ParameterSets> of(VideoConfiguration configuration) {
    return switch (configuration) {
      case AvcConfiguration avc -> Optional.of(AvcParameterSets.of(avc));
      case HevcConfiguration hevc -> Optional.of(HevcParameterSets.of(hevc));
      case Av1Configuration _, Vp9Configuration _ -> Optional.empty();
    };
  }

  /** nal_unit_type. */
  abstract int type(Bytes nal);

  /** Whether samples do without such: parameter sets, access unit delimiters, filler data. */
  abstract boolean isLeftOut(int type);

  /** Null where it is no parameter set. Throws {@link MalformedMediaException}. */
  abstract @Nullable Key key(Bytes nal);

  /** How many of a kind a record can count. */
  abstract int most(Kind kind);

  /** Of a record, without its sets and their lengths. */
  abstract int otherBytes();

  /** A configuration with a record of these sets. */
  abstract VideoConfiguration configuration();

  /** Takes the sets of the record. */
  final void hold(List<Bytes> nals) {
    for (Bytes nal : nals) {
      find(nal, sets);
    }
  }

  final List<Bytes> all(Kind kind) {
    return sets.entrySet().stream()
        .filter(one -> one.getKey().kind() == kind)
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * The sample as it is stored, which is the same where nothing is left out; empty where nothing
   * else was in it. What it brings is taken; NAL units of no bytes are left out as well.
   */
  public Bytes take(Bytes sample) {
    List<Bytes> kept = new ArrayList<>(2);
    Map<Key, Bytes> found = new LinkedHashMap<>();
    int from = 0;
    int end = 0;
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      boolean leftOut = isLeftOut(type(nal));
      if (leftOut) {
        find(nal, found);
      }
      if (leftOut || units.start() > end) {
        keep(sample, from, end, kept);
        from = leftOut ? units.end() : units.start();
      }
      end = units.end();
    }
    if (units.end() > end) {
      keep(sample, from, end, kept);
      from = units.end();
    }
    if (from == 0) {
      return sample;
    }
    keep(sample, from, sample.length(), kept);
    merge(found);
    return kept.isEmpty() ? Bytes.EMPTY : Bytes.join(kept);
  }

  private static void keep(Bytes sample, int from, int end, List<Bytes> kept) {
    if (end > from) {
      kept.add(sample.slice(from, end - from));
    }
  }

  private void find(Bytes nal, Map<Key, Bytes> found) {
    Bytes set = withoutTrailingZeros(nal);
    if (set.length() <= nalHeaderBytes || set.length() > MOST_SET_BYTES) {
      return;
    }
    try {
      Key key = key(set);
      if (key != null) {
        found.put(key, set);
      }
    } catch (MalformedMediaException e) {
      // A decoder could not read it either.
    }
  }

  /** Left by who cut a byte stream (H.264 annex B) into NAL units; none ends with one. */
  private static Bytes withoutTrailingZeros(Bytes nal) {
    int length = nal.length();
    while (length > 0 && nal.get(length - 1) == 0) {
      length--;
    }
    return nal.slice(0, length);
  }

  private void merge(Map<Key, Bytes> found) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    boolean differs = false;
    boolean otherSequence = false;
    for (Map.Entry<Key, Bytes> one : found.entrySet()) {
      boolean other = !isHeld(one.getKey(), one.getValue());
      kinds.add(one.getKey().kind());
      differs |= other;
      otherSequence |= other && one.getKey().kind() == Kind.SEQUENCE;
    }
    if (!differs) {
      return;
    }
    Map<Key, Bytes> next = new LinkedHashMap<>(sets);
    if (otherSequence && kinds.contains(Kind.PICTURE)) {
      next.keySet().removeIf(key -> kinds.contains(key.kind()));
    }
    for (Map.Entry<Key, Bytes> one : found.entrySet()) {
      Bytes held = isHeld(one.getKey(), one.getValue()) ? sets.get(one.getKey()) : null;
      // Kept longer than the sample.
      next.put(one.getKey(), held == null ? one.getValue().compact() : held);
    }
    if (fits(next)) {
      sets = next;
      changed = true;
      broughtBySamples = true;
    }
  }

  /** The NAL unit's header does not count: nal_ref_idc is not 0, more it does not tell. */
  private boolean isHeld(Key key, Bytes set) {
    Bytes held = sets.get(key);
    return held != null && held.slice(nalHeaderBytes).equals(set.slice(nalHeaderBytes));
  }

  private boolean fits(Map<Key, Bytes> next) {
    long bytes = otherBytes();
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (Map.Entry<Key, Bytes> one : next.entrySet()) {
      Kind kind = one.getKey().kind();
      bytes += LENGTH_BYTES + one.getValue().length();
      if (counts.merge(kind, 1, Integer::sum) > most(kind)) {
        return false;
      }
    }
    return bytes <= MOST_BYTES;
  }

  /** Whether pictures can be decoded with the record, as far as that can be seen. */
  public boolean isComplete() {
    return !changed && !all(Kind.SEQUENCE).isEmpty() && !all(Kind.PICTURE).isEmpty();
  }

  /** Whether a record tells no other sets than the samples brought before it came. */
  public boolean anticipated(ParameterSets ofRecord) {
    return broughtBySamples
        && !changed
        && getClass() == ofRecord.getClass()
        && nalLengthSize == ofRecord.nalLengthSize
        && sets.equals(ofRecord.sets);
  }

  /** The configuration with the sets that samples brought since; the same where there are none. */
  public VideoConfiguration applyTo(VideoConfiguration configuration) {
    if (!changed) {
      return configuration;
    }
    changed = false;
    return configuration();
  }
}
