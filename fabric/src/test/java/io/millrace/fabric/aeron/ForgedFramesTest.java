package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.FakeFeedHandler;
import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends the listening port frames that no node sends. */
class ForgedFramesTest {
  private static final int DATA = 1;
  private static final int DATA_BYTES = 32;
  private static final int SETUP = 5;
  private static final int SETUP_BYTES = 40;
  private static final int SESSIONS = 4_000;

  @TempDir private Path directory;
  private final PrometheusRegistry registry = new PrometheusRegistry();

  @Test
  void opensALinkAfterMoreSessionsThanThereIsRoomFor() throws IOException {
    FabricConfig config = FabricConfig.defaults(directory);
    try (AeronFabric serving =
            AeronFabric.open(config.withDirectory(directory.resolve("serving")), registry);
        AeronFabric receiving =
            AeronFabric.open(
                config.withDirectory(directory.resolve("receiving")), new PrometheusRegistry())) {
      serving.serve(new FakeFeedSource(Feed.WINDOW));
      forge(serving.port(), SESSIONS, 1 << 16);
      forge(serving.port(), 100, 1 << 30);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Counters.of(registry, "millrace_fabric_refused_sessions") > 100);

      Link link =
          receiving.connect(
              new NodeAddress.Udp("127.0.0.1", serving.port()),
              Feed.WINDOW,
              new FakeFeedHandler(channel -> true));

      await().atMost(Duration.ofSeconds(60)).until(link::isUp);
      assertThat(Counters.of(registry, "millrace_fabric_driver_errors")).isZero();
    }
  }

  @Test
  void keepsOutDataThatIsLongerThanItIs() throws IOException {
    try (AeronFabric serving = AeronFabric.open(FabricConfig.defaults(directory), registry);
        DatagramSocket socket = new DatagramSocket()) {
      serving.serve(new FakeFeedSource(Feed.WINDOW));
      InetSocketAddress port =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), serving.port());

      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                // The driver takes a moment over the session, and only then data for it.
                send(socket, port, setup(7, 1 << 16));
                send(socket, port, data(7, DATA_BYTES + 64, Integer.MAX_VALUE));
                return Counters.of(registry, "millrace_fabric_refused_sessions") > 100
                    || errors() > 0;
              });

      assertThat(errors()).isZero();
    }
  }

  private double errors() {
    return Counters.of(registry, "millrace_fabric_callback_errors")
        + Counters.of(registry, "millrace_fabric_driver_errors");
  }

  private static byte[] data(int session, int bytes, int length) {
    return ByteBuffer.allocate(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, length)
        .put(5, (byte) 0xC0) // a whole message
        .putShort(6, (short) DATA)
        .putInt(12, session)
        .putInt(16, Channels.LISTENING_STREAM)
        .array();
  }

  private static void send(DatagramSocket socket, InetSocketAddress to, byte[] bytes)
      throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  /** Setup frames of as many sessions, a few at a time so that the socket's buffer holds them. */
  private static void forge(int port, int sessions, int termBytes) throws IOException {
    InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int session = 0; session < sessions; session++) {
        send(socket, to, setup(session, termBytes));
      }
    }
  }

  private static byte[] setup(int session, int termBytes) {
    return ByteBuffer.allocate(SETUP_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, SETUP_BYTES)
        .putShort(6, (short) SETUP)
        .putInt(12, session)
        .putInt(16, Channels.LISTENING_STREAM)
        .putInt(28, termBytes)
        .putInt(32, 1_408)
        .array();
  }
}
