package io.millrace.edge;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of one thing after the other, whatever becomes of those before. */
final class Releases {
  private static final Logger log = LoggerFactory.getLogger(Releases.class);

  private Releases() {}

  static void runAll(List<Runnable> releases) {
    for (Runnable release : releases) {
      try {
        release.run();
      } catch (RuntimeException e) { // whatever it was, the others must be released too
        log.error("something of the edge is not released", e);
      }
    }
  }
}
