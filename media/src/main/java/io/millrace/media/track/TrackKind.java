package io.millrace.media.track;

/** Says what a track carries. The letter begins its rendition's name. */
public enum TrackKind {
  VIDEO('v'),
  AUDIO('a'),
  TEXT('t'),
  METADATA('m');

  private final char letter;

  TrackKind(char letter) {
    this.letter = letter;
  }

  public char letter() {
    return letter;
  }
}
