package io.millrace.conformance.hls;

/**
 * One tag as it stands in a playlist.
 *
 * @param name {@code EXT-X-PART}
 * @param value behind the colon; empty where there is none
 * @param line from 1
 */
record Tag(String name, String value, int line) {
  Attributes attributes() {
    return Attributes.read(value);
  }
}
