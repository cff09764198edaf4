package io.millrace.bench.command;

import picocli.CommandLine.Command;

/** The benchmarks. */
@Command(
    name = "bench",
    description = "Measures this machine; prints what the figures were compared with.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LatencyCommand.class,
      ChannelsCommand.class,
      PackageCommand.class,
      PlayersCommand.class,
      ConformanceCommand.class,
      IdleCommand.class,
      StartCommand.class,
      FuzzCommand.class,
      FloodCommand.class
    })
final class BenchCommand {}
