package io.millrace.conformance;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * Remembers which segments HLS and DASH gave for the same media, to compare their bytes. May be
 * used by many threads.
 */
public final class SharedBytes {
  /** Segments that are remembered of each; later ones are not. */
  private static final int MAX_SEGMENTS = 10_000;

  /** The two formats that one origin can give the same segments in. */
  public enum Format {
    HLS,
    DASH
  }

  private record Seen(Set<String> hashes, String where) {}

  private final Map<Format, Map<String, Seen>> segments =
      Map.of(Format.HLS, new HashMap<>(), Format.DASH, new HashMap<>());

  /** Remembers a segment: {@code media} says what is in it, codec and time. */
  public synchronized void add(Format format, String media, byte[] bytes, String where) {
    Map<String, Seen> of = segments.getOrDefault(format, Map.of());
    if (of.size() < MAX_SEGMENTS) {
      of.computeIfAbsent(media, _ -> new Seen(new HashSet<>(), where)).hashes().add(hash(bytes));
    }
  }

  /** Compares what both formats gave. */
  public synchronized void check(Findings findings) {
    Map<String, Seen> hls = segments.getOrDefault(Format.HLS, Map.of());
    segments
        .getOrDefault(Format.DASH, Map.of())
        .forEach(
            (media, dash) -> {
              Seen other = hls.get(media);
              if (other != null) {
                findings.check(
                    Rule.CMAF_SAME_BYTES,
                    other.hashes().stream().anyMatch(dash.hashes()::contains),
                    dash.where(),
                    "other bytes than " + other.where(),
                    "the same segment in HLS and DASH");
              }
            });
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has it.
      throw new AssertionError(e);
    }
  }
}
