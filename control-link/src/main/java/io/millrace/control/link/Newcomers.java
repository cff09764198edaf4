package io.millrace.control.link;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a {@link Newcomer} of each connection, and finds it again for the connection's calls. gRPC
 * hands out nothing of a connection but its addresses, and of those that are open no two have the
 * same.
 */
final class Newcomers extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Newcomer> OF_CONNECTION =
      Attributes.Key.create("millrace-newcomer");
  private static final Context.Key<Newcomer> OF_CALL = Context.key("millrace-newcomer");

  private final ControlLinkLimits limits;
  private final Refusals refusals;
  private final Map<SocketAddress, Newcomer> byPeer = new ConcurrentHashMap<>();

  Newcomers(ControlLinkLimits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  /** The connection of the call that this thread handles. */
  static Newcomer ofCall() {
    return Objects.requireNonNull(OF_CALL.get(), "newcomer");
  }

  void guard(Channel connection) {
    Newcomer newcomer = new Newcomer(limits, refusals, System.nanoTime());
    SocketAddress peer = connection.remoteAddress();
    byPeer.put(peer, newcomer);
    var _ = connection.closeFuture().addListener(_ -> byPeer.remove(peer, newcomer));
    connection.pipeline().addFirst(newcomer);
  }

  /** On the connection's event loop, while it is open. */
  @Override
  public Attributes transportReady(Attributes attributes) {
    SocketAddress peer = Objects.requireNonNull(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    Newcomer newcomer = Objects.requireNonNull(byPeer.remove(peer), "newcomer");
    return attributes.toBuilder().set(OF_CONNECTION, newcomer).build();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Newcomer newcomer = Objects.requireNonNull(call.getAttributes().get(OF_CONNECTION));
    newcomer.hasCall();
    return Contexts.interceptCall(
        Context.current().withValue(OF_CALL, newcomer), call, headers, next);
  }
}
