package io.millrace.conformance.mp4;

import java.util.Optional;

/** What a {@code colr} of type nclx says (ISO/IEC 14496-12 12.1.5), in numbers of H.273. */
record Nclx(int primaries, int transfer, int matrix, boolean fullRange) {
  /** That of a visual sample entry; empty where there is none. */
  static Optional<Nclx> of(Box entry) throws MalformedBoxException {
    for (Box colr : entry.children(CodecsReader.VISUAL_BYTES)) {
      if (colr.type().equals("colr")) {
        Box.Fields fields = colr.fields();
        if (fields.type().equals("nclx")) {
          return Optional.of(
              new Nclx(fields.u16(), fields.u16(), fields.u16(), (fields.u8() & 0x80) != 0));
        }
      }
    }
    return Optional.empty();
  }
}
