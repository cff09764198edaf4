package io.millrace.conformance.mp4;

import java.util.List;
import java.util.Optional;

/**
 * What an init section describes: a CMAF header (ISO/IEC 23000-19 7.3.1).
 *
 * @param brands of its {@code ftyp}, the major one first
 * @param tracks in their order
 */
public record InitSection(List<String> brands, List<Track> tracks) {

  /**
   * One track.
   *
   * @param handler {@code vide}, {@code soun}
   * @param sampleEntry {@code avc1}, {@code mp4a}
   * @param codecs RFC 6381 string with profile and level, to be compared by {@link Codecs}; the
   *     sample entry's name where nothing more is known of it
   * @param width pixels of the sample entry; 0 for sound
   * @param aspectWidth of a sample, by {@code pasp}; 1 where nothing is said
   * @param aspectHeight of a sample
   * @param transfer its transfer characteristics, by {@code colr}; 0 where nothing is said
   * @param nalLengthBytes before each NAL unit; 0 where samples are not made of those
   * @param defaults of its samples where fragments say nothing ({@code trex})
   */
  public record Track(
      long id,
      long timescale,
      String handler,
      String sampleEntry,
      String codecs,
      int width,
      int height,
      long aspectWidth,
      long aspectHeight,
      int transfer,
      int nalLengthBytes,
      SampleDefaults defaults) {

    public boolean isVideo() {
      return handler.equals("vide");
    }

    /** Pixels of the width at which pictures of that height have their shape. */
    public long shownWidth() {
      return Math.round((double) width * (double) aspectWidth / (double) aspectHeight);
    }
  }

  /** What a sample is where its fragment does not say it. */
  public record SampleDefaults(long duration, long size, long flags) {}

  public InitSection {
    brands = List.copyOf(brands);
    tracks = List.copyOf(tracks);
  }

  public Optional<Track> track(long id) {
    return tracks.stream().filter(track -> track.id() == id).findFirst();
  }
}
