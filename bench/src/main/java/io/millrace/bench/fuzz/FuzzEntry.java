package io.millrace.bench.fuzz;

import java.util.Locale;

/** Is called by Jazzer, which finds these two methods by their names. */
public final class FuzzEntry {
  private static volatile FuzzTarget.Parser parser = FuzzTarget.AMF.parser();

  private FuzzEntry() {}

  /** Takes the target's label as its one argument. */
  public static void fuzzerInitialize(String[] arguments) {
    parser = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT)).parser();
  }

  /** Feeds one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    parser.feed(input);
  }
}
