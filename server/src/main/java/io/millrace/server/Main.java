package io.millrace.server;

import io.millrace.server.command.Millrace;

/** Starts the command that the command line names. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(Millrace.commandLine().execute(arguments));
  }
}
