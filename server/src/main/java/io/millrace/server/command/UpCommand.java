package io.millrace.server.command;

import io.millrace.control.link.Role;
import io.millrace.server.node.Run;
import io.millrace.server.settings.Catalog;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs everything in one process. */
@Command(
    name = "up",
    exitCodeListHeading = ServeStatus.HEADING,
    exitCodeList = {
      ServeStatus.STOPPED,
      ServeStatus.FAILED,
      ServeStatus.COMMAND_LINE,
      ServeStatus.INTERRUPTED
    },
    description = "Run all roles in this process, with a Postgres of its own, until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    return new Run(
            options.sources().commandDefault(Catalog.DRAIN_TIMEOUT, "0"),
            options.data(),
            EnumSet.allOf(Role.class))
        .toEnd(report -> ServeReport.print(output, report));
  }
}
