package io.millrace.ingest;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.NodeReports;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every report. */
public final class FakeNodeReports implements NodeReports {
  private final List<ChannelReport> reports = new CopyOnWriteArrayList<>();

  @Override
  public void report(ChannelReport report) {
    reports.add(report);
  }

  public List<ChannelReport> all() {
    return reports;
  }

  public ChannelReport last() {
    return reports.getLast();
  }
}
