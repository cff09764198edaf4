package io.millrace.conformance.hls;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a multivariant playlist says (RFC 8216bis 4.4.6).
 *
 * @param iFrames the EXT-X-I-FRAME-STREAM-INF
 * @param media the EXT-X-MEDIA
 */
record MultivariantPlaylist(
    List<Tag> tags,
    int version,
    List<Variant> variants,
    List<Variant> iFrames,
    List<Rendition> media,
    boolean independentSegments) {

  /** One EXT-X-STREAM-INF or EXT-X-I-FRAME-STREAM-INF; {@code uri} is empty where none is given. */
  record Variant(Attributes attributes, String uri, int line) {}

  /** One EXT-X-MEDIA. */
  record Rendition(Attributes attributes, int line) {}

  MultivariantPlaylist {
    tags = List.copyOf(tags);
    variants = List.copyOf(variants);
    iFrames = List.copyOf(iFrames);
    media = List.copyOf(media);
  }

  /** Addresses of all media playlists but those of I-frames, as written. */
  Set<String> playlists() {
    Set<String> uris = new LinkedHashSet<>();
    variants.stream().map(Variant::uri).filter(uri -> !uri.isEmpty()).forEach(uris::add);
    media.stream()
        .map(rendition -> rendition.attributes().get("URI"))
        .filter(uri -> !uri.isEmpty())
        .forEach(uris::add);
    return uris;
  }
}
