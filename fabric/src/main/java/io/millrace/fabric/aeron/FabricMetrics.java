package io.millrace.fabric.aeron;

import io.millrace.fabric.Feed;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts what a process's links do. */
final class FabricMetrics {
  /** The counters of one feed, looked up once. */
  record FeedMetrics(
      CounterDataPoint sentMessages,
      CounterDataPoint sentBytes,
      CounterDataPoint receivedMessages,
      CounterDataPoint receivedBytes,
      CounterDataPoint backPressure,
      CounterDataPoint overflows,
      CounterDataPoint droppedMessages,
      CounterDataPoint gaps,
      CounterDataPoint stale,
      CounterDataPoint linksLost) {}

  final Counter refused;
  final Counter nakMessages;
  final Counter retransmits;
  final Counter invalidDatagrams;
  final Counter refusedSessions;
  final Counter driverErrors;
  final Counter callbackErrors;
  final Counter stalls;
  final Counter tasksRefused;
  final Counter unansweredFetches;
  final Counter droppedCheckpoints;
  final Gauge links;
  final Gauge queuedBytes;
  final Gauge agentBusy;
  private final Map<Feed, FeedMetrics> feeds = new EnumMap<>(Feed.class);

  FabricMetrics(PrometheusRegistry registry) {
    Counter messages =
        counter("messages", "Messages over links")
            .labelNames("feed", "direction")
            .register(registry);
    Counter bytes =
        counter("bytes", "Bytes of messages over links, before pieces")
            .labelNames("feed", "direction")
            .register(registry);
    Counter backPressure =
        counter("back_pressure", "Times a stream had no room for a message")
            .labelNames("feed")
            .register(registry);
    Counter overflows =
        counter("overflows", "Times a channel passed a link's queue and is sent anew")
            .labelNames("feed")
            .register(registry);
    Counter dropped =
        counter("dropped_messages", "Messages dropped by overflows")
            .labelNames("feed")
            .register(registry);
    Counter gaps =
        counter("gaps", "Times a channel was asked for again from a missing number")
            .labelNames("feed")
            .register(registry);
    Counter stale =
        counter("stale_messages", "Messages dropped for a lower fence than was seen")
            .labelNames("feed")
            .register(registry);
    Counter lost =
        counter("links_lost", "Links that went down").labelNames("feed").register(registry);
    for (Feed feed : Feed.values()) {
      String name = feed.name().toLowerCase(Locale.ROOT);
      feeds.put(
          feed,
          new FeedMetrics(
              messages.labelValues(name, "sent"),
              bytes.labelValues(name, "sent"),
              messages.labelValues(name, "received"),
              bytes.labelValues(name, "received"),
              backPressure.labelValues(name),
              overflows.labelValues(name),
              dropped.labelValues(name),
              gaps.labelValues(name),
              stale.labelValues(name),
              lost.labelValues(name)));
    }
    refused =
        counter("refused_messages", "Malformed messages of peers, by reason")
            .labelNames("reason")
            .register(registry);
    nakMessages = counter("naks", "Requests of Aeron to send again").register(registry);
    retransmits = counter("retransmits", "Answers of Aeron to such requests").register(registry);
    invalidDatagrams =
        counter("invalid_datagrams", "Datagrams that are no frames of Aeron").register(registry);
    refusedSessions =
        counter(
                "refused_sessions",
                "Frames of Aeron that are not whole, of no stream of ours, or of one session too"
                    + " many")
            .register(registry);
    driverErrors = counter("driver_errors", "Errors of Aeron's driver").register(registry);
    callbackErrors =
        counter("callback_errors", "Exceptions that a source, handler or task threw")
            .register(registry);
    stalls =
        counter("agent_stalls", "Times the agent thread stood still for 250 ms or more")
            .register(registry);
    tasksRefused = counter("refused_tasks", "Tasks that found the queue full").register(registry);
    unansweredFetches =
        counter("unanswered_fetches", "Fetches of links that are down, or busy, beyond the limit")
            .register(registry);
    droppedCheckpoints =
        counter("dropped_checkpoints", "Checkpoints too long for a link, or too many that wait")
            .register(registry);
    links =
        Gauge.builder()
            .name("millrace_fabric_links")
            .help("Links that are up, by feed and end")
            .labelNames("feed", "end")
            .register(registry);
    queuedBytes =
        Gauge.builder()
            .name("millrace_fabric_queued_bytes")
            .help("Bytes that wait for links")
            .register(registry);
    agentBusy =
        Gauge.builder()
            .name("millrace_fabric_agent_busy_ratio")
            .help("Share of the last second that the agent thread was at work")
            .register(registry);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.builder().name("millrace_fabric_" + name + "_total").help(help);
  }

  FeedMetrics of(Feed feed) {
    FeedMetrics metrics = feeds.get(feed);
    if (metrics == null) {
      throw new IllegalStateException("no metrics of " + feed);
    }
    return metrics;
  }

  void linkUp(Feed feed, String end) {
    links.labelValues(feed.name().toLowerCase(Locale.ROOT), end).inc();
  }

  void linkDown(Feed feed, String end) {
    links.labelValues(feed.name().toLowerCase(Locale.ROOT), end).dec();
    of(feed).linksLost().inc();
  }
}
