package io.millrace.control.live;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps the newest report of every node's every role on every channel. The reports of a node that
 * is gone count for some seconds more: most come back. When it is back it reports everything again;
 * what it does not repeat is dropped. Any thread.
 */
public final class LiveChannels {
  static final Duration GONE_NODES_COUNT = Duration.ofSeconds(10);
  static final Duration REPEAT_WITHIN = Duration.ofSeconds(2);

  private record Reporter(String node, Role role) {}

  private record Heard(ChannelReport report, long atNs) {}

  private final int mostReports;

  @GuardedBy("this")
  private final Map<UUID, Map<Reporter, Heard>> channels = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Long> connectedAtNs = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Long> goneAtNs = new HashMap<>();

  @GuardedBy("this")
  private int reports;

  /**
   * Begins with nothing on air.
   *
   * @param mostReports how many reports are kept at once, of all nodes together
   */
  public LiveChannels(int mostReports) {
    this.mostReports = mostReports;
  }

  public synchronized LiveState of(UUID channel) {
    Map<Reporter, Heard> heard = channels.get(channel);
    return heard == null ? LiveState.OFFLINE : LiveState.of(reports(heard));
  }

  /** How many channels are on air. */
  public synchronized int onAir() {
    return (int)
        channels.values().stream().filter(heard -> LiveState.of(reports(heard)).isOnAir()).count();
  }

  public synchronized void connected(String node, long nowNs) {
    connectedAtNs.put(node, nowNs);
    goneAtNs.remove(node);
  }

  public synchronized void disconnected(String node, long nowNs) {
    connectedAtNs.remove(node);
    goneAtNs.put(node, nowNs);
  }

  /** Takes a node's reports; returns the channels they are about. */
  public synchronized Set<UUID> report(String node, List<ChannelReport> news, long nowNs) {
    Set<UUID> changed = new HashSet<>();
    for (ChannelReport report : news) {
      Reporter reporter = new Reporter(node, report.role());
      Map<Reporter, Heard> heard = channels.computeIfAbsent(report.channel(), _ -> new HashMap<>());
      if (report.state() == ChannelReport.State.ENDED) {
        if (heard.remove(reporter) != null) {
          reports--;
        }
      } else if (heard.containsKey(reporter) || reports < mostReports) {
        if (heard.put(reporter, new Heard(report, nowNs)) == null) {
          reports++;
        }
      }
      if (heard.isEmpty()) {
        channels.remove(report.channel());
      }
      changed.add(report.channel());
    }
    return changed;
  }

  /** Drops what no longer counts; returns the channels it was about. */
  public synchronized Set<UUID> expire(long nowNs) {
    Set<UUID> changed = new HashSet<>();
    for (UUID channel : List.copyOf(channels.keySet())) {
      Map<Reporter, Heard> heard = channels.getOrDefault(channel, Map.of());
      int before = heard.size();
      for (Reporter reporter : List.copyOf(heard.keySet())) {
        Heard last = heard.get(reporter);
        if (last != null && isOver(reporter, last, nowNs)) {
          heard.remove(reporter);
        }
      }
      if (heard.size() < before) {
        reports -= before - heard.size();
        changed.add(channel);
      }
      if (heard.isEmpty()) {
        channels.remove(channel);
      }
    }
    goneAtNs.values().removeIf(sinceNs -> nowNs - sinceNs > GONE_NODES_COUNT.toNanos());
    return changed;
  }

  public synchronized void forget(UUID channel) {
    Map<Reporter, Heard> heard = channels.remove(channel);
    if (heard != null) {
      reports -= heard.size();
    }
  }

  @GuardedBy("this")
  private boolean isOver(Reporter reporter, Heard heard, long nowNs) {
    Long connectedNs = connectedAtNs.get(reporter.node());
    if (connectedNs != null) {
      return heard.atNs() - connectedNs < 0 && nowNs - connectedNs > REPEAT_WITHIN.toNanos();
    }
    Long goneNs = goneAtNs.get(reporter.node());
    return goneNs == null || nowNs - goneNs > GONE_NODES_COUNT.toNanos();
  }

  private static Collection<ChannelReport> reports(Map<Reporter, Heard> heard) {
    List<ChannelReport> reports = new ArrayList<>(heard.size());
    heard.values().forEach(each -> reports.add(each.report()));
    return reports;
  }
}
