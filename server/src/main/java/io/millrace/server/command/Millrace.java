package io.millrace.server.command;

import io.millrace.control.link.Role;
import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: all commands, one line for every error. */
@Command(
    name = "millrace",
    description = "Carries a live stream from an encoder to every viewer in about a second.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      DemoCommand.class,
      NodeCommand.class,
      ChannelCommand.class,
      CheckCommand.class,
      VersionCommand.class
    })
public final class Millrace {
  private static final int WRONG_COMMAND_LINE = 2;

  Millrace() {}

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Millrace());
    for (CommandExtension extension : ServiceLoader.load(CommandExtension.class)) {
      commandLine.addSubcommand(extension.command());
    }
    addHelp(commandLine);
    commandLine
        .getCommandSpec()
        .versionProvider(() -> new String[] {VersionCommand.line()})
        .addOption(
            CommandLine.Model.OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Tell the version, as the command version does.")
                .build());
    IExecutionExceptionHandler failed =
        (e, command, parsed) -> {
          tell(command.getErr(), e);
          return command.getCommandSpec().exitCodeOnExecutionException();
        };
    IParameterExceptionHandler wrong =
        (e, arguments) -> {
          CommandLine command = e.getCommandLine();
          command
              .getErr()
              .printf(
                  "millrace: %s (%s --help tells more)%n",
                  message(e), command.getCommandSpec().qualifiedName());
          command.getErr().flush();
          return WRONG_COMMAND_LINE;
        };
    return commandLine
        .setExecutionExceptionHandler(failed)
        .setParameterExceptionHandler(wrong)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Role.class, Millrace::role)
        .setUsageHelpAutoWidth(true);
  }

  private static String message(ParameterException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    List<String> near =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    return near.isEmpty() ? message : message + ". Did you mean " + near.getFirst() + "?";
  }

  private static Role role(String name) {
    for (Role role : Role.values()) {
      if (role.name().equalsIgnoreCase(name.strip())) {
        return role;
      }
    }
    throw new TypeConversionException("\"%s\" is not one of %s".formatted(name, NodeCommand.ROLES));
  }

  private static void addHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(false);
    command
        .getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Tell what this command does.")
                .build());
    command.getSubcommands().values().forEach(Millrace::addHelp);
  }

  private static void tell(PrintWriter err, Exception e) {
    // Ours are written for whoever reads them here; of others, where they come from helps more.
    if (e.getClass().getPackageName().startsWith("io.millrace.")) {
      err.println("millrace: " + e.getMessage());
    } else {
      StackTraceElement[] trace = e.getStackTrace();
      err.println("millrace: " + e + (trace.length == 0 ? "" : " at " + trace[0]));
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        err.println("millrace: because of " + cause);
      }
    }
    err.flush();
  }
}
