package io.millrace.server.command;

import io.millrace.server.Version;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells the versions of the program and of what it runs on. */
@Command(name = "version", description = "Tell the version of Millrace and of its Java.")
final class VersionCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    String java = Runtime.version().toString();
    output.print(Map.of("version", Version.TEXT, "java", java), out -> out.println(line()));
    return 0;
  }

  static String line() {
    return "Millrace %s, Java %s".formatted(Version.TEXT, Runtime.version());
  }
}
