package io.millrace.fabric.aeron;

import io.millrace.fabric.Fabric;
import io.millrace.fabric.FabricConformance;
import io.millrace.fabric.NodeAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** Links within a process, over shared memory. */
class IpcFabricTest extends FabricConformance {
  @TempDir private Path directory;

  @Override
  protected Fabric openServing(long mostWaitingBytes) {
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withDirectory(directory.resolve("aeron"))
            .withAddress("127.0.0.1", FabricConfig.NO_PORT)
            .withMostWaitingBytes(mostWaitingBytes)
            .withLinkTimeout(Duration.ofSeconds(10));
    return AeronFabric.open(config, new PrometheusRegistry());
  }

  @Override
  protected Fabric openReceiving(Fabric serving) {
    return serving;
  }

  @Override
  protected NodeAddress addressOf(Fabric serving) {
    return NodeAddress.LOCAL;
  }
}
