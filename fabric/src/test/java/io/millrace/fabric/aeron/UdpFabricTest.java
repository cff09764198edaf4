package io.millrace.fabric.aeron;

import io.millrace.fabric.Fabric;
import io.millrace.fabric.FabricConformance;
import io.millrace.fabric.NodeAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** Links between two fabrics with a driver each, over UDP on loopback. */
class UdpFabricTest extends FabricConformance {
  @TempDir private Path directory;

  @Override
  protected Fabric openServing(long mostWaitingBytes) {
    return open("serving", 0, mostWaitingBytes);
  }

  @Override
  protected Fabric openReceiving(Fabric serving) {
    return open("receiving", FabricConfig.NO_PORT, 64 << 20);
  }

  private Fabric open(String name, int port, long mostWaitingBytes) {
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withDirectory(directory.resolve(name))
            .withAddress("127.0.0.1", port)
            .withMostWaitingBytes(mostWaitingBytes)
            .withLinkTimeout(Duration.ofSeconds(10));
    return AeronFabric.open(config, new PrometheusRegistry());
  }

  @Override
  protected NodeAddress addressOf(Fabric serving) {
    return new NodeAddress.Udp("127.0.0.1", serving.port());
  }
}
