package io.millrace.media.flv;

/** Names the codecs of pictures that are read, by their FourCC (Enhanced RTMP v2). */
public enum FlvVideoCodec {
  AVC("avc1", "H.264"),
  HEVC("hvc1", "HEVC"),
  AV1("av01", "AV1"),
  VP9("vp09", "VP9");

  private final String fourCc;
  private final String title;

  FlvVideoCodec(String fourCc, String title) {
    this.fourCc = fourCc;
    this.title = title;
  }

  public String fourCc() {
    return fourCc;
  }

  /** As people call it. */
  public String title() {
    return title;
  }

  /** Whether its frames are NAL units, before which stands a composition time. */
  boolean hasCompositionTime() {
    return this == AVC || this == HEVC;
  }
}
