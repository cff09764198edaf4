package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.FakeFeedHandler;
import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A serving process is killed without a word and starts again on the same port and directory. */
class KilledPeerTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(5, 5));

  @TempDir private Path directory;

  /** The process that is killed: serves one channel with as many entries as it is told. */
  static final class Serving {
    private Serving() {}

    public static void main(String[] args) throws InterruptedException {
      FabricConfig config =
          FabricConfig.defaults(Path.of(args[0]))
              .withDirectory(Path.of(args[0]))
              .withAddress("127.0.0.1", Integer.parseInt(args[1]));
      AeronFabric fabric = AeronFabric.open(config, new PrometheusRegistry());
      FakeFeedSource source = new FakeFeedSource(Feed.WINDOW);
      fabric.serve(source);
      fabric.execute(
          () -> {
            source.open(CHANNEL);
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
              source.publish(CHANNEL, new IndexRecord.Discontinuity(i));
            }
          });
      Thread.sleep(60_000);
    }
  }

  private Process start(int port, int entries) throws IOException {
    return start(directory.resolve("killed"), port, entries);
  }

  static Process start(Path directory, int port, int entries) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path").replace(";", File.pathSeparator),
            Serving.class.getName(),
            directory.toString(),
            Integer.toString(port),
            Integer.toString(entries)));
    return new ProcessBuilder(command).inheritIO().start();
  }

  @Test
  void theLinkComesBackWhenTheKilledPeerDoes() throws Exception {
    int port = Endpoints.freePort(Endpoints.literal("127.0.0.1"));
    FakeFeedHandler handler = new FakeFeedHandler(channel -> true);
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withDirectory(directory.resolve("receiving"))
            .withAddress("127.0.0.1", FabricConfig.NO_PORT);
    Process first = start(port, 3);
    Process second = null;
    try (AeronFabric receiving = AeronFabric.open(config, new PrometheusRegistry())) {
      receiving.connect(new NodeAddress.Udp("127.0.0.1", port), Feed.WINDOW, handler);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !handler.of(FeedMessage.SnapshotEnded.class).isEmpty());

      first.destroyForcibly();
      assertThat(first.waitFor(5, TimeUnit.SECONDS)).isTrue();
      second = start(port, 5);

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> handler.of(FeedMessage.SnapshotEnded.class).getLast().lastNumber() == 5);
      assertThat(handler.numbers(CHANNEL)).startsWith(1L, 2L, 3L).endsWith(1L, 2L, 3L, 4L, 5L);
      assertThat(handler.downs).hasPositiveValue();
      assertThat(handler.ups).hasValue(handler.downs.get() + 1);
    } finally {
      first.destroyForcibly();
      if (second != null) {
        second.destroyForcibly();
        second.waitFor(5, TimeUnit.SECONDS);
      }
    }
  }
}
