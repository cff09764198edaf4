package io.millrace.media.track;

import java.util.Objects;

/**
 * Describes one track of a channel.
 *
 * @param id unique within the channel over all kinds, 1 or more; also the rendition's number
 * @param kind what the track carries
 * @param codec the codec's configuration as typed values
 * @param timescale ticks a second of this track's times
 * @param language RFC 5646 tag, {@code und} where unknown
 * @param role DASH role, empty where none is known
 * @param name shown to viewers, empty where none is known
 * @param group tracks of one group are alternatives to each other, empty for the default group
 * @param protection key system scheme ({@code cenc}, {@code cbcs}), empty where clear
 */
public record Track(
    int id,
    TrackKind kind,
    CodecConfiguration codec,
    int timescale,
    String language,
    String role,
    String name,
    String group,
    String protection) {
  public Track {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(codec, "codec");
    if (id < 1 || timescale < 1) {
      throw new IllegalArgumentException(
          "track id %d, timescale %d (expected: both 1 or more)".formatted(id, timescale));
    }
  }

  /** A track of which no more is known than its codec. */
  public static Track of(int id, TrackKind kind, CodecConfiguration codec, int timescale) {
    return new Track(id, kind, codec, timescale, "und", "", "", "", "");
  }

  /** The same track with times in another timescale. */
  public Track withTimescale(int newTimescale) {
    return new Track(id, kind, codec, newTimescale, language, role, name, group, protection);
  }

  /** The same track with another configuration, or with one that tells more. */
  public Track withCodec(CodecConfiguration newCodec) {
    return new Track(id, kind, newCodec, timescale, language, role, name, group, protection);
  }

  /** The rendition's name in addresses: {@code v1}, {@code a2}. */
  public String renditionName() {
    return kind.letter() + Integer.toString(id);
  }
}
