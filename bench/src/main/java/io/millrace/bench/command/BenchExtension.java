package io.millrace.bench.command;

import io.millrace.server.command.CommandExtension;

/** Adds {@code bench} to the command line. */
public final class BenchExtension implements CommandExtension {
  @Override
  public Object command() {
    return new BenchCommand();
  }
}
