package io.millrace.server.command;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.check.Finding;
import io.millrace.server.check.MachineCheck;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what keeps a start from working, and what to do. */
@Command(
    name = "check",
    subcommands = CheckStreamCommand.class,
    description = "Check configuration, ports, disk, clock, database and Java; say what to mend.")
final class CheckCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();
  @Mixin private Output output = new Output();

  @Option(
      names = "--roles",
      paramLabel = "ROLE",
      split = ",",
      completionCandidates = NodeCommand.RoleNames.class,
      description =
          "What the process is to do: ${COMPLETION-CANDIDATES}; several with commas (default:"
              + " all).")
  private List<Role> roles = List.of();

  @Parameters(hidden = true, arity = "0..*")
  private List<String> others = List.of();

  @Override
  public Integer call() {
    if (!others.isEmpty()) {
      throw new ServerException(
          "check: %s (expected: no more arguments, or check stream URL)"
              .formatted(String.join(" ", others)));
    }
    Set<Role> wanted = roles.isEmpty() ? EnumSet.allOf(Role.class) : EnumSet.copyOf(roles);
    List<Finding> findings = new MachineCheck(options.sources(), options.data(), wanted).run();
    boolean fit = findings.stream().noneMatch(finding -> finding.result() == Finding.Result.ERROR);
    output.print(
        Map.of("ok", fit, "findings", findings),
        out -> {
          for (Finding finding : findings) {
            out.printf("%-8s %-11s %s%n", finding.result(), finding.name(), finding.detail());
            if (!finding.mend().isEmpty()) {
              out.printf("%-8s %-11s -> %s%n", "", "", finding.mend());
            }
          }
        });
    return fit ? 0 : 1;
  }
}
