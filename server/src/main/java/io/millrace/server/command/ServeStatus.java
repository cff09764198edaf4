package io.millrace.server.command;

/** What the exit status of a command that serves tells, for its help. */
final class ServeStatus {
  static final String HEADING = "Exit status:%n";
  static final String STOPPED = "0:it had started, and stopped in order when it was told to";
  static final String FAILED =
      "1:it did not start, or was ended by force: by a second signal, or 3 s after the time to"
          + " drain (drain.timeout)";
  static final String COMMAND_LINE = "2:the command line is wrong";
  static final String INTERRUPTED =
      "130, 143:Ctrl-C (SIGINT), or SIGTERM, came before it had started";

  private ServeStatus() {}
}
