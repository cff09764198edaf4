package io.millrace.media.hls;

import java.util.List;
import java.util.Objects;

/**
 * Holds what a multivariant playlist says.
 *
 * @param variants best first
 * @param audio the renditions of the one audio group; empty where the variants carry none or are
 *     audio themselves
 */
public record MultivariantPlaylist(List<Variant> variants, List<Audio> audio) {

  /**
   * One EXT-X-STREAM-INF.
   *
   * @param bandwidthBps peak of this variant with its largest audio rendition
   * @param averageBandwidthBps 0 where not known
   * @param codecs RFC 6381 strings of all that a player of this variant meets
   * @param width 0 for audio and where not known
   * @param frameRate 0 for audio and where not known
   */
  public record Variant(
      String uri,
      long bandwidthBps,
      long averageBandwidthBps,
      List<String> codecs,
      int width,
      int height,
      double frameRate) {
    public Variant {
      Objects.requireNonNull(uri, "uri");
      codecs = List.copyOf(codecs);
    }
  }

  /**
   * One EXT-X-MEDIA of type AUDIO.
   *
   * @param name unique in the group
   * @param language RFC 5646 tag; empty or {@code und} where unknown
   * @param channels 0 where unknown
   */
  public record Audio(String uri, String name, String language, int channels, boolean byDefault) {
    public Audio {
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(language, "language");
    }
  }

  public MultivariantPlaylist {
    variants = List.copyOf(variants);
    audio = List.copyOf(audio);
  }
}
