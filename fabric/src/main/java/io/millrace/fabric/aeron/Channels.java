package io.millrace.fabric.aeron;

import io.aeron.ChannelUriStringBuilder;
import io.millrace.fabric.FabricException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes Aeron's channel addresses. Confined to the agent thread, but for the constructor. */
final class Channels {
  /** The stream that a node listens on for Hellos. */
  static final int LISTENING_STREAM = 1;

  /** The first stream of links; every link of a receiving process has some of its own. */
  static final int FIRST_LINK_STREAM = 100;

  private static final int CONTROL_MTU_BYTES = 1_408;
  private static final int MOST_MTU_BYTES = 65_504;

  private final FabricConfig config;
  private final int windowBytes;
  private final InetAddress host;
  private final int listeningPort;
  private int receivingPort;

  Channels(FabricConfig config, int windowBytes) {
    this.config = config;
    this.windowBytes = windowBytes;
    this.host = Endpoints.literal(config.host());
    if (config.port() > 0) {
      Endpoints.requireFree(host, config.port());
    }
    this.listeningPort = config.port() == 0 ? Endpoints.freePort(host) : config.port();
    this.receivingPort = Math.max(0, listeningPort);
  }

  /** 0 where this node does not listen. */
  int listeningPort() {
    return Math.max(0, listeningPort);
  }

  /** Where this process receives UDP: the listening port, or any free one. */
  String receiving() {
    if (receivingPort == 0) {
      receivingPort = Endpoints.freePort(host);
    }
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(Endpoints.format(host, receivingPort))
        .receiverWindowLength(windowBytes)
        .build();
  }

  /** Chooses another receiving port next time, where it is ours to choose. */
  void dropReceivingPort() {
    receivingPort = listeningPort();
  }

  /** What a peer sends to, to reach {@link #receiving}. */
  String returnEndpoint(InetSocketAddress peer) {
    InetAddress address = host.isAnyLocalAddress() ? Endpoints.localTowards(peer) : host;
    return Endpoints.format(address, receivingPort);
  }

  String controlTo(@Nullable InetSocketAddress peer) {
    return to(peer, config.streams().controlTermBytes(), CONTROL_MTU_BYTES);
  }

  String mediaTo(@Nullable InetSocketAddress peer) {
    if (peer == null) {
      // Both ends run on one thread, so that little is ever on its way.
      return to(null, config.streams().mediaTermBytes() / 4, MOST_MTU_BYTES);
    }
    return to(peer, config.streams().mediaTermBytes(), mediaMtu(peer));
  }

  private int mediaMtu(InetSocketAddress peer) {
    int mtu =
        config.streams().mtuBytes() == 0 ? Endpoints.mtuTowards(peer) : config.streams().mtuBytes();
    return Math.min(mtu, windowBytes / 32 * 32);
  }

  private static String to(@Nullable InetSocketAddress peer, int termBytes, int mtuBytes) {
    ChannelUriStringBuilder builder =
        new ChannelUriStringBuilder().termLength(termBytes).mtu(mtuBytes).sparse(true);
    if (peer == null) {
      return builder.media("ipc").build();
    }
    if (peer.getAddress() == null) {
      throw new FabricException(FabricException.Scope.LINK, "unknown host: " + peer);
    }
    return builder
        .media("udp")
        .endpoint(Endpoints.format(peer.getAddress(), peer.getPort()))
        .build();
  }
}
