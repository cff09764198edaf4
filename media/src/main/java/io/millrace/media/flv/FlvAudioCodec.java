package io.millrace.media.flv;

/** Names the codecs of sound that are read, by their FourCC (Enhanced RTMP v2). */
public enum FlvAudioCodec {
  AAC("mp4a", "AAC"),
  OPUS("Opus", "Opus"),
  AC3("ac-3", "AC-3"),
  EAC3("ec-3", "E-AC-3"),
  MP3(".mp3", "MP3"),
  FLAC("fLaC", "FLAC");

  private final String fourCc;
  private final String title;

  FlvAudioCodec(String fourCc, String title) {
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
}
