package io.millrace.control.live;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What all nodes together know of a channel.
 *
 * @param lead the report that says best what is on air; empty where nothing is
 * @param viewers at all edges
 * @param latencyMs the highest of the edges; below 0 where no edge knows it
 */
public record LiveState(
    Optional<ChannelReport> lead, int viewers, double latencyMs, List<String> hints) {
  static final LiveState OFFLINE = new LiveState(Optional.empty(), 0, -1, List.of());

  static LiveState of(Collection<ChannelReport> reports) {
    List<ChannelReport> edges =
        reports.stream().filter(report -> report.role() == Role.EDGE).toList();
    Optional<ChannelReport> lead = lead(reports);
    if (lead.isEmpty()) {
      return OFFLINE;
    }
    int viewers = edges.stream().mapToInt(ChannelReport::viewers).sum();
    OptionalDouble latencyMs =
        edges.stream()
            .mapToDouble(ChannelReport::latencyMs)
            .filter(value -> value >= 0 && Double.isFinite(value))
            .max();
    Set<String> hints = new LinkedHashSet<>();
    reports.stream()
        .filter(report -> report.state() != ChannelReport.State.ENDED)
        .sorted(Comparator.comparing(ChannelReport::role))
        .forEach(report -> hints.addAll(report.hints()));
    return new LiveState(lead, viewers, latencyMs.orElse(-1), new ArrayList<>(hints));
  }

  public boolean isOnAir() {
    return lead.isPresent();
  }

  /** What comes in decides: live before waiting, then the newest. */
  private static Optional<ChannelReport> lead(Collection<ChannelReport> reports) {
    return reports.stream()
        .filter(report -> report.role() == Role.INGEST)
        .filter(report -> report.state() != ChannelReport.State.ENDED)
        .max(
            Comparator.comparingInt(
                    (ChannelReport report) -> report.state() == ChannelReport.State.LIVE ? 1 : 0)
                .thenComparingLong(ChannelReport::liveSinceMs));
  }
}
