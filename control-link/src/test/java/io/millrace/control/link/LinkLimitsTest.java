package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.millrace.control.link.wire.ControlLinkGrpc;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.NodeMessage;
import io.millrace.control.link.wire.Register;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkLimitsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final int REGISTER_BYTES = 16 << 10;
  private static final int END_STREAM_AND_HEADERS = 5;
  private static final int ENHANCE_YOUR_CALM = 11;

  /** {@code :method GET, :scheme http, :path /, :authority a}, by HPACK's static table. */
  private static final byte[] FIELDS = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'};

  private ControlLinkServer server;
  private ManagedChannel channel;

  @AfterEach
  void stop() {
    if (channel != null) {
      channel.shutdownNow();
    }
    server.close();
  }

  private void start(int mostConnections, int mostMessageBytes) {
    ControlLinkLimits limits =
        new ControlLinkLimits(
            /* mostNodes= */ 10,
            mostConnections,
            mostMessageBytes,
            REGISTER_BYTES,
            /* mostMessagesPerSecond= */ 200,
            /* mostResets= */ 100,
            /* idleTimeout= */ SHORT,
            /* registerTimeout= */ SHORT);
    server =
        ControlLinkServer.start(
            ControlLinkServerConfig.of("127.0.0.1", 0, "test").withLimits(limits),
            new FakeRegistry("log-1"));
  }

  @Test
  void sendsAwayWhoTakesCallsBackAgainAndAgain() throws IOException {
    start(10, 1 << 20);
    try (Http2Peer peer = new Http2Peer(server.port())) {
      for (int stream = 1; stream < 600; stream += 2) {
        peer.add(Http2Peer.HEADERS, END_STREAM_AND_HEADERS, stream, FIELDS);
        peer.add(Http2Peer.RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 8);
      }
      peer.flush();

      assertThat(peer.await(Http2Peer.GOAWAY).payload().get(7)).isEqualTo((byte) ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void closesAConnectionThatNeverHasACall() throws IOException {
    start(10, 1 << 20);
    try (Http2Peer peer = new Http2Peer(server.port())) {
      peer.flush();

      peer.awaitClose();
    }
    await().atMost(SOON).until(() -> server.refusals(LinkRefusal.NO_CALL) == 1);
    assertThat(server.connections()).isZero();
  }

  @Test
  void closesAConnectionThatSaysNothing() throws IOException {
    start(10, 1 << 20);
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      silent.setSoTimeout((int) SOON.toMillis());

      silent.getInputStream().readAllBytes();
    }
    await().atMost(SOON).until(() -> server.connections() == 0);
  }

  @Test
  void closesOneConnectionMoreThanThereMayBe() throws IOException {
    start(1, 1 << 20);
    try (Http2Peer first = new Http2Peer(server.port());
        Socket second = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      first.flush();
      first.await(Http2Peer.SETTINGS);
      second.setSoTimeout((int) SOON.toMillis());

      assertThat(second.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(server.refusals(LinkRefusal.CONNECTIONS)).isEqualTo(1);
    await().atMost(SOON).until(() -> server.connections() == 0);

    try (Http2Peer again = new Http2Peer(server.port())) {
      again.flush();
      again.await(Http2Peer.SETTINGS);
    }
  }

  @Test
  void endsACallThatDoesNotRegister() {
    start(10, 1 << 20);
    CompletableFuture<Void> end = new CompletableFuture<>();
    connect(end);

    assertThatThrownBy(end::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("DEADLINE_EXCEEDED: no registration within " + SHORT);
    await().atMost(SOON).until(() -> server.refusals(LinkRefusal.NO_REGISTRATION) == 1);
  }

  @Test
  void closesAConnectionWhoseCallDoesNotRegister() throws IOException {
    start(10, 1 << 20);
    try (Http2Peer peer = new Http2Peer(server.port())) {
      peer.addCall(1);
      peer.flush();

      peer.awaitClose();
    }
    await().atMost(SOON).until(() -> server.connections() == 0);
    assertThat(server.refusals(LinkRefusal.NO_REGISTRATION)).isEqualTo(1);
    assertThat(server.refusals(LinkRefusal.NO_CALL)).isZero();
  }

  @Test
  void closesAConnectionThatSendsTooMuchBeforeItRegisters() throws IOException {
    start(10, 1 << 20);
    try (Http2Peer peer = new Http2Peer(server.port())) {
      peer.addCall(1);
      peer.add(Http2Peer.DATA, 0, 1, messageHead(1 << 20));
      for (int sent = 0; sent < REGISTER_BYTES; sent += 1_024) {
        peer.add(Http2Peer.DATA, 0, 1, new byte[1_024]);
      }
      peer.flush();

      ByteBuffer goaway = peer.await(Http2Peer.GOAWAY).payload();
      assertThat(goaway.get(7)).isEqualTo((byte) ENHANCE_YOUR_CALM);
      assertThat(StandardCharsets.US_ASCII.decode(goaway.position(8)).toString())
          .isEqualTo("more than 16384 bytes before a node is registered");
      peer.awaitClose();
    }
    await().atMost(SOON).until(() -> server.connections() == 0);
    assertThat(server.refusals(LinkRefusal.TOO_LARGE)).isEqualTo(1);
  }

  @Test
  void countsAMessageThatIsNoneAndEndsItsCall() throws IOException {
    start(10, 1 << 20);
    try (Http2Peer peer = new Http2Peer(server.port())) {
      for (int stream = 1; stream <= 3; stream += 2) {
        peer.addCall(stream);
        peer.add(Http2Peer.DATA, 0, stream, new byte[] {0, 0, 0, 0, 1, 0x0b});
        peer.flush();
        long calls = (stream + 1L) / 2;
        await().atMost(SOON).until(() -> server.refusals(LinkRefusal.UNREADABLE) == calls);
      }
    }
  }

  @Test
  void endsACallWhoseMessageIsTooLong() {
    start(10, 1_024);
    CompletableFuture<Void> end = new CompletableFuture<>();

    connect(end)
        .onNext(
            NodeMessage.newBuilder()
                .setRegister(Register.newBuilder().setNodeId("n".repeat(2_000)))
                .build());

    assertThatThrownBy(end::get).hasCauseInstanceOf(StatusRuntimeException.class);
    await().atMost(SOON).until(() -> server.refusals(LinkRefusal.TOO_LARGE) == 1);
  }

  @Test
  void refusesOneCallMoreThanThereMayBe() {
    start(1, 1 << 20);
    CompletableFuture<Void> one = new CompletableFuture<>();
    CompletableFuture<Void> other = new CompletableFuture<>();
    connect(one);
    connect(other);

    // Each call has a thread of its own: either may come first.
    assertThatThrownBy(CompletableFuture.anyOf(one, other)::get)
        .hasMessageContaining("too many calls (at most 1)");
    await().atMost(SOON).until(() -> server.refusals(LinkRefusal.NO_REGISTRATION) == 1);
    assertThat(server.refusals(LinkRefusal.LIMIT)).isEqualTo(1);
    assertThat(server.refusals(LinkRefusal.TOO_LARGE)).isZero();
  }

  /** Length-Prefixed-Message of gRPC over HTTP/2: not compressed, so long. */
  private static byte[] messageHead(int length) {
    return ByteBuffer.allocate(5).put((byte) 0).putInt(length).array();
  }

  @CanIgnoreReturnValue
  private StreamObserver<NodeMessage> connect(CompletableFuture<Void> end) {
    if (channel == null) {
      channel = ManagedChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }
    return ControlLinkGrpc.newStub(channel)
        .connect(
            new StreamObserver<>() {
              @Override
              public void onNext(ControlMessage message) {}

              @Override
              public void onError(Throwable error) {
                end.completeExceptionally(error);
              }

              @Override
              public void onCompleted() {
                end.complete(null);
              }
            });
  }
}
