package io.millrace.media.hls;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a multivariant playlist says.
 *
 * @param variants best first
 * @param audio group by group; empty where the variants carry none or are audio themselves
 * @param iFrames one for each video rendition that has an I-frame playlist
 */
public record MultivariantPlaylist(
    List<Variant> variants, List<Audio> audio, List<IFrames> iFrames) {

  /**
   * One EXT-X-STREAM-INF.
   *
   * @param audioGroup the audio renditions that go with it; empty: none
   * @param bandwidthBps peak of this variant with its largest audio rendition
   * @param averageBandwidthBps 0 where not known
   * @param codecs RFC 6381 strings of all that a player of this variant meets
   * @param picture null for audio
   */
  public record Variant(
      String uri,
      String audioGroup,
      long bandwidthBps,
      long averageBandwidthBps,
      List<String> codecs,
      @Nullable Picture picture) {
    public Variant {
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(audioGroup, "audioGroup");
      codecs = List.copyOf(codecs);
    }
  }

  /**
   * What a variant says of its picture.
   *
   * @param width of the largest, as it is to be displayed; 0 where not known
   * @param frameRate the highest; 0 where not known
   * @param videoRange SDR, HLG or PQ; where there are several, the last of them in this order
   */
  public record Picture(int width, int height, double frameRate, String videoRange) {
    public Picture {
      Objects.requireNonNull(videoRange, "videoRange");
    }
  }

  /**
   * One EXT-X-MEDIA of type AUDIO.
   *
   * @param group GROUP-ID; all groups have members of the same names (RFC 8216bis 4.4.6.1.1)
   * @param name unique in the group
   * @param language RFC 5646 tag; empty or {@code und} where unknown
   * @param channels 0 where unknown
   */
  public record Audio(
      String uri, String group, String name, String language, int channels, boolean byDefault) {
    public Audio {
      Objects.requireNonNull(group, "group");
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(language, "language");
    }
  }

  /**
   * One EXT-X-I-FRAME-STREAM-INF.
   *
   * @param codecs RFC 6381 strings of all its pictures
   */
  public record IFrames(
      String uri,
      long bandwidthBps,
      long averageBandwidthBps,
      List<String> codecs,
      @Nullable Picture picture) {
    public IFrames {
      Objects.requireNonNull(uri, "uri");
      codecs = List.copyOf(codecs);
    }
  }

  public MultivariantPlaylist {
    variants = List.copyOf(variants);
    audio = List.copyOf(audio);
    iFrames = List.copyOf(iFrames);
  }
}
