package io.millrace.control.link;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest report of each channel and role, up to a limit, and which of them the control
 * plane has not got. Any thread puts, the link's thread takes.
 */
final class ReportOutbox {
  private static final Logger log = LoggerFactory.getLogger(ReportOutbox.class);

  private record Key(UUID channel, Role role) {
    static Key of(ChannelReport report) {
      return new Key(report.channel(), report.role());
    }
  }

  private final int most;
  private final Map<Key, ChannelReport> reports = new ConcurrentHashMap<>();
  private final Set<Key> unsent = ConcurrentHashMap.newKeySet();
  private final AtomicLong dropped = new AtomicLong();

  ReportOutbox(int most) {
    this.most = most;
  }

  /** Takes a report instead of the one before; false where there are too many channels. */
  boolean put(ChannelReport report) {
    Key key = Key.of(report);
    if (reports.size() >= most && !reports.containsKey(key)) {
      if (dropped.getAndIncrement() == 0) {
        log.warn("More than {} channels to report on: the others are not reported", most);
      }
      return false;
    }
    reports.put(key, report);
    unsent.add(key);
    return true;
  }

  long dropped() {
    return dropped.get();
  }

  /** The control plane may have forgotten all that it was told. */
  void sendAllAgain() {
    unsent.addAll(reports.keySet());
  }

  boolean isEmpty() {
    return unsent.isEmpty();
  }

  /** Takes up to {@code mostReports} reports to send; give them to {@link #sent} then. */
  List<ChannelReport> take(int mostReports) {
    List<ChannelReport> batch = new ArrayList<>();
    Iterator<Key> keys = unsent.iterator();
    while (keys.hasNext() && batch.size() < mostReports) {
      Key key = keys.next();
      // Removed before the report is read: one that comes in between is sent again.
      keys.remove();
      ChannelReport report = reports.get(key);
      if (report != null) {
        batch.add(report);
      }
    }
    return batch;
  }

  /** Forgets, of what was sent, the channels whose broadcast is over. */
  void sent(List<ChannelReport> batch) {
    for (ChannelReport report : batch) {
      if (report.state() == ChannelReport.State.ENDED) {
        reports.remove(Key.of(report), report);
      }
    }
  }
}
