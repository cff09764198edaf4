package io.millrace.control.link;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.control.link.wire.ControlLinkGrpc;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.NodeMessage;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to connect to the control plane, and the gRPC stream that may come of it. Confined to
 * the link's thread, on which the listener is called too.
 */
final class ControlStream {
  private static final Logger log = LoggerFactory.getLogger(ControlStream.class);

  /** Hears what happens on a stream. */
  interface Listener {
    void onMessage(ControlStream from, ControlMessage message);

    /** More can be sent. */
    void onReady();

    /** The stream is over, or did not come about. */
    void onLost(ControlStream which, Status status);
  }

  private final LinkThread thread;
  private final Listener listener;
  private final ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<NodeMessage> out;

  ControlStream(ControlLinkConfig config, LinkThread thread, Listener listener) {
    this.thread = thread;
    this.listener = listener;
    this.channel =
        NettyChannelBuilder.forAddress(config.host(), config.port())
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(config.limits().mostMessageBytes())
            .keepAliveTime(5, TimeUnit.SECONDS)
            .keepAliveTimeout(3, TimeUnit.SECONDS)
            .build();
  }

  /** Connects, and sends the first message when that is done. */
  void open(NodeMessage registration) {
    Inbound inbound = new Inbound();
    ControlLinkGrpc.newStub(channel).connect(inbound);
    out = inbound.out;
    send(registration);
  }

  boolean isReady() {
    return out != null && out.isReady();
  }

  void send(NodeMessage message) {
    if (out != null) {
      try {
        out.onNext(message);
      } catch (IllegalStateException e) {
        log.debug("The stream ended before a message could be sent", e);
      }
    }
  }

  /** Ends the stream; the listener hears that it is lost. */
  void cancel(String why) {
    if (out != null) {
      out.cancel(why, null);
    }
  }

  /** Ends the stream in order, and waits for that. */
  void finish(Duration timeout) {
    if (out != null) {
      out.onCompleted();
    }
    channel.shutdown();
    try {
      if (!channel.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Lets go of a stream that is lost. */
  void abandon() {
    channel.shutdownNow();
  }

  /** Takes gRPC's callbacks to the link's thread. */
  private final class Inbound implements ClientResponseObserver<NodeMessage, ControlMessage> {
    private @Nullable ClientCallStreamObserver<NodeMessage> out;

    @Override
    public void beforeStart(ClientCallStreamObserver<NodeMessage> requestStream) {
      this.out = requestStream;
      // The next message is asked for when this one was taken: what waits, waits in the stream.
      requestStream.disableAutoRequestWithInitial(1);
      requestStream.setOnReadyHandler(() -> thread.execute(listener::onReady));
    }

    @Override
    public void onNext(ControlMessage message) {
      thread.execute(() -> take(message));
    }

    private void take(ControlMessage message) {
      try {
        listener.onMessage(ControlStream.this, message);
      } finally {
        if (out != null) {
          out.request(1);
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      thread.execute(() -> listener.onLost(ControlStream.this, Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      Status status = Status.UNAVAILABLE.withDescription("the stream was ended");
      thread.execute(() -> listener.onLost(ControlStream.this, status));
    }
  }
}
