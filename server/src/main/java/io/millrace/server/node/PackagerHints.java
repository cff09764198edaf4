package io.millrace.server.node;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.NodeReports;
import io.millrace.control.link.Role;
import io.millrace.media.channel.ChannelId;
import io.millrace.packager.host.BroadcasterHints;
import java.util.List;

/** Passes on to the control plane what packagers have to say to broadcasters. */
final class PackagerHints implements BroadcasterHints {
  private final NodeReports reports;

  PackagerHints(NodeReports reports) {
    this.reports = reports;
  }

  @Override
  public void tell(ChannelId channel, boolean onAir, List<String> hints) {
    reports.report(
        new ChannelReport(
            channel.value(),
            Role.PACKAGER,
            onAir ? ChannelReport.State.LIVE : ChannelReport.State.ENDED,
            /* broadcast= */ null,
            /* liveSinceMs= */ 0,
            /* bitrateBps= */ 0,
            /* tracks= */ List.of(),
            /* publisher= */ "",
            /* viewers= */ 0,
            /* latencyMs= */ -1,
            hints));
  }
}
