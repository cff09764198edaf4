package io.millrace.server.health;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Tells what the buffers of all network connections take. */
public final class NettyMetrics {
  private NettyMetrics() {}

  /** Registers the gauge for the allocator that every channel here uses. */
  public static void register(PrometheusRegistry registry) {
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
      GaugeWithCallback.builder()
          .name("millrace_netty_direct_bytes")
          .help("Direct memory that Netty's allocator holds, in use and for use again.")
          .callback(callback -> callback.call((double) allocator.metric().usedDirectMemory()))
          .register(registry);
    }
  }
}
