package io.millrace.ingest;

/** Makes a name that a peer gave itself fit for a log line and a status page. */
final class EncoderName {
  private static final int MOST_CHARACTERS = 100;

  private EncoderName() {}

  /** The name on one line, without control and format characters and quotes, and not longer. */
  static String clean(String name) {
    StringBuilder clean = new StringBuilder();
    boolean space = false;
    for (int at = 0; at < name.length() && clean.length() < MOST_CHARACTERS; ) {
      int character = name.codePointAt(at);
      at += Character.charCount(character);
      if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
        space = true;
      } else if (isShown(character)) {
        if (space && !clean.isEmpty()) {
          clean.append(' ');
        }
        space = false;
        clean.appendCodePoint(character == '"' ? '\'' : character);
      }
    }
    return clean.toString();
  }

  private static boolean isShown(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
