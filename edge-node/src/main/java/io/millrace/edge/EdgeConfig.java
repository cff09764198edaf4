package io.millrace.edge;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.window.store.PartStoreConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * Limits an edge.
 *
 * @param http the server for viewers; its {@code host} and {@code port} are the edge's address
 * @param maxChannels channels followed at a time; viewers of more are answered 503
 * @param idleAfter how long a channel is followed without a request
 * @param endedRetention how long a timeline can still be had after its broadcast ended
 * @param store memory for parts, and their repair
 */
public record EdgeConfig(
    DeliveryConfig http,
    int maxChannels,
    Duration idleAfter,
    Duration endedRetention,
    PartStoreConfig store) {
  public EdgeConfig {
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(idleAfter, "idleAfter");
    Objects.requireNonNull(endedRetention, "endedRetention");
    Objects.requireNonNull(store, "store");
    if (maxChannels < 1) {
      throw new IllegalArgumentException("maxChannels: " + maxChannels + " (expected: from 1)");
    }
    if (idleAfter.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("idleAfter: " + idleAfter + " (expected: from 1 s)");
    }
  }

  public static EdgeConfig defaults() {
    return new EdgeConfig(
        DeliveryConfig.defaults(),
        1_000,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        PartStoreConfig.defaults());
  }
}
