package io.millrace.bench.fuzz;

import io.netty.util.LeakPresenceDetector;
import java.util.Locale;

/** Is called by Jazzer, which finds these two methods by their names. */
public final class FuzzEntry {
  private static volatile FuzzTarget.Parser parser = FuzzTarget.AMF.parser();

  private FuzzEntry() {}

  /** Takes the target's label as its one argument. */
  public static void fuzzerInitialize(String[] arguments) {
    parser = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT)).parser();
    // Classes are loaded, and a server is started: else the first input would be a slow one.
    parser.feed(parser.seeds().getFirst());
  }

  /** Feeds one input, and looks for buffers that are left. */
  public static void fuzzerTestOneInput(byte[] input) {
    parser.feed(input);
    LeakPresenceDetector.check();
  }
}
