package io.millrace.server.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Starts the processes of these tests: on free ports, in JVMs that start fast and stay small. */
final class Started {
  /** Generous: how long anything takes on a busy machine is not what these tests are about. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private static final List<String> SMALL_JVM =
      List.of("-XX:TieredStopAtLevel=1", "-Xmx256m", "-Dio.netty.leakDetection.level=paranoid");

  private Started() {}

  static MillraceProcess process(Path data, String... command) throws IOException {
    return process(data, Map.of(), command);
  }

  static MillraceProcess process(Path data, Map<String, String> environment, String... command)
      throws IOException {
    return MillraceProcess.start(data, SMALL_JVM, environment, MillraceProcess.freePorts(command));
  }

  /** Returns when it is ready. */
  static MillraceProcess ready(Path data, String... command)
      throws IOException, InterruptedException, TimeoutException {
    MillraceProcess process = process(data, command);
    process.awaitReady(LONGEST);
    return process;
  }
}
