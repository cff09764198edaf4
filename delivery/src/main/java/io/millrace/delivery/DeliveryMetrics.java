package io.millrace.delivery;

import io.millrace.control.token.TokenRefusal;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Counts what viewers ask for and get. Any thread. */
public final class DeliveryMetrics {
  /** Names what was asked for. */
  public enum Kind {
    MULTIVARIANT,
    PLAYLIST,
    MANIFEST,
    PATCH,
    INIT,
    SEGMENT,
    PART,
    TIME,
    OTHER
  }

  private static final int STATUSES = 600;

  private final Counter requests;
  private final Map<Kind, AtomicReferenceArray<@Nullable CounterDataPoint>> byKind =
      new EnumMap<>(Kind.class);
  private final CounterDataPoint bytes;
  private final CounterDataPoint renderedFull;
  private final CounterDataPoint renderedDelta;
  private final CounterDataPoint renderedMultivariant;
  private final CounterDataPoint renderedManifest;
  private final CounterDataPoint renderedPatch;
  private final Gauge waiters;
  private final Gauge connections;
  private final Gauge held;
  private final Gauge own;
  private final Counter delayed;
  private final Counter uncounted;
  private final Counter ended;
  private final Counter closed;
  private final Counter tokensChecked;
  private final Map<TokenRefusal, CounterDataPoint> tokensRefused =
      new EnumMap<>(TokenRefusal.class);

  public DeliveryMetrics(PrometheusRegistry registry) {
    requests =
        Counter.builder()
            .name("millrace_delivery_requests_total")
            .help("Requests answered")
            .labelNames("kind", "status")
            .register(registry);
    bytes =
        Counter.builder()
            .name("millrace_delivery_sent_bytes_total")
            .help("Bytes of response bodies handed to connections")
            .register(registry);
    Counter renders =
        Counter.builder()
            .name("millrace_delivery_playlist_renders_total")
            .help("Playlists rendered; each serves all that ask until the next change")
            .labelNames("playlist")
            .register(registry);
    renderedFull = renders.labelValues("full");
    renderedDelta = renders.labelValues("delta");
    renderedMultivariant = renders.labelValues("multivariant");
    renderedManifest = renders.labelValues("manifest");
    renderedPatch = renders.labelValues("patch");
    waiters =
        Gauge.builder()
            .name("millrace_delivery_waiters")
            .help("Requests that wait for a part")
            .register(registry);
    connections =
        Gauge.builder()
            .name("millrace_delivery_connections")
            .help("Open connections of viewers")
            .register(registry);
    held =
        Gauge.builder()
            .name("millrace_delivery_held_bytes")
            .help("Buffers of answers that are not taken to their end, counted for each answer")
            .register(registry);
    own =
        Gauge.builder()
            .name("millrace_delivery_own_bytes")
            .help(
                "What connections keep for themselves alone: requests that are not complete,"
                    + " streams, answers that are not taken without what they share")
            .register(registry);
    delayed =
        Counter.builder()
            .name("millrace_delivery_requests_delayed_total")
            .help("Requests that had to wait because their address asked for more than it may")
            .register(registry);
    uncounted =
        Counter.builder()
            .name("millrace_delivery_uncounted_viewer_requests_total")
            .help(
                "Playlist requests of viewers that are served and not counted: their channel, or"
                    + " their address, has as many as are counted")
            .labelNames("reason")
            .register(registry);
    ended =
        Counter.builder()
            .name("millrace_delivery_answers_ended_total")
            .help("HTTP/2 answers that the server ended: not taken in time, or for want of memory")
            .labelNames("reason")
            .register(registry);
    closed =
        Counter.builder()
            .name("millrace_delivery_connections_closed_total")
            .help("Connections closed by the server")
            .labelNames("reason")
            .register(registry);
    tokensChecked =
        Counter.builder()
            .name("millrace_delivery_tokens_checked_total")
            .help("Tokens that were not remembered, so that their signatures were computed")
            .register(registry);
    Counter refused =
        Counter.builder()
            .name("millrace_delivery_tokens_refused_total")
            .help("Requests refused for want of a good token, and what is wrong with the one shown")
            .labelNames("reason")
            .register(registry);
    for (TokenRefusal why : TokenRefusal.values()) {
      tokensRefused.put(why, refused.labelValues(why.name().toLowerCase(Locale.ROOT)));
    }
    for (Kind kind : Kind.values()) {
      byKind.put(kind, new AtomicReferenceArray<>(STATUSES));
    }
  }

  /** A race between two threads looks the same data point up twice, no more. */
  public void answered(Kind kind, int status, long bodyBytes) {
    AtomicReferenceArray<@Nullable CounterDataPoint> byStatus =
        Objects.requireNonNull(byKind.get(kind), "kind");
    CounterDataPoint point = byStatus.get(status);
    if (point == null) {
      point = requests.labelValues(kind.name().toLowerCase(Locale.ROOT), Integer.toString(status));
      byStatus.set(status, point);
    }
    point.inc();
    bytes.inc(bodyBytes);
  }

  /** So many tokens were not remembered. */
  public void tokensChecked(long count) {
    tokensChecked.inc(count);
  }

  /** A request is refused for want of a good token. */
  public void tokenRefused(TokenRefusal why) {
    Objects.requireNonNull(tokensRefused.get(why), "why").inc();
  }

  public void renderedMedia(boolean delta) {
    (delta ? renderedDelta : renderedFull).inc();
  }

  public void renderedMultivariant() {
    renderedMultivariant.inc();
  }

  public void renderedManifest() {
    renderedManifest.inc();
  }

  public void renderedPatch() {
    renderedPatch.inc();
  }

  /** More of a body that was begun. */
  public void sent(long bodyBytes) {
    bytes.inc(bodyBytes);
  }

  public void waiters(int change) {
    waiters.inc(change);
  }

  public void connections(int change) {
    connections.inc(change);
  }

  /** What answers hold changed by so much. */
  public void held(long change) {
    held.inc((double) change);
  }

  /** What connections keep for themselves alone changed by so much. */
  public void own(long change) {
    own.inc((double) change);
  }

  /** A request has to wait for its address's next turn. */
  public void delayed() {
    delayed.inc();
  }

  /** A viewer is served and not counted: {@code reason} is one of a few words. */
  public void uncounted(String reason) {
    uncounted.labelValues(reason).inc();
  }

  /** The server ended an answer and not its connection: {@code reason} is one of a few words. */
  public void ended(String reason) {
    ended.labelValues(reason).inc();
  }

  /** The server closed a connection: {@code reason} is one of a few words. */
  public void closed(String reason) {
    closed.labelValues(reason).inc();
  }
}
