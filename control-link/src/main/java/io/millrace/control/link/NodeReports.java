package io.millrace.control.link;

/** Takes what a node has to tell the control plane. Any thread, never blocks. */
public interface NodeReports {
  /** Keeps the report and sends it as soon as the control plane can be reached; the newest wins. */
  void report(ChannelReport report);
}
