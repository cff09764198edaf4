package io.millrace.fabric.aeron;

import io.aeron.driver.Configuration;
import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;

/** Tells addresses, free ports and datagram lengths. All addresses are literals: nothing blocks. */
final class Endpoints {
  private static final int FRAME_ALIGNMENT = 32;
  private static final int IP4_AND_UDP_HEADERS = 28;
  private static final int IP6_AND_UDP_HEADERS = 48;

  private Endpoints() {}

  /** Reads {@code address:port} as a peer sent it; refuses names and everything else. */
  static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("endpoint: %s (expected: address:port)".formatted(text));
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    InetAddress address =
        InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host);
    int port = Integer.parseInt(text.substring(colon + 1));
    if (port < 1 || port > 65_535 || address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException("endpoint: %s (expected: unicast)".formatted(text));
    }
    return new InetSocketAddress(address, port);
  }

  /** {@code address:port} as Aeron and {@link #parse} read it. */
  static String format(InetAddress address, int port) {
    String host = address.getHostAddress();
    int scope = host.indexOf('%');
    String plain = scope < 0 ? host : host.substring(0, scope);
    return address instanceof Inet6Address ? "[" + plain + "]:" + port : plain + ":" + port;
  }

  static InetAddress literal(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new FabricException(
          Scope.FABRIC, "fabric.host: %s (expected: an address of this host)".formatted(host), e);
    }
  }

  /** A UDP port that is free now. */
  static int freePort(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
      return socket.getLocalPort();
    } catch (SocketException e) {
      throw new FabricException(Scope.FABRIC, "no free UDP port at " + address, e);
    }
  }

  /** Throws where the port is taken. */
  static void requireFree(InetAddress address, int port) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(address, port));
    } catch (SocketException e) {
      throw new FabricException(
          Scope.FABRIC, "fabric.port: %d is in use or not allowed".formatted(port), e);
    }
  }

  /** How much of a socket buffer of {@code wanted} bytes the operating system gives. */
  static int socketBuffer(SocketOption<Integer> option, int wanted) {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(option, wanted);
      return Math.min(wanted, channel.getOption(option));
    } catch (IOException e) {
      throw new FabricException(Scope.FABRIC, "no UDP socket: " + e, e);
    }
  }

  /** The local address that datagrams to {@code peer} leave from. */
  static InetAddress localTowards(InetSocketAddress peer) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(peer);
      return socket.getLocalAddress();
    } catch (IOException e) {
      throw new FabricException(Scope.LINK, "no way to " + peer, e);
    }
  }

  /** The longest Aeron frame that the interface towards {@code peer} carries in one datagram. */
  static int mtuTowards(InetSocketAddress peer) {
    int usual = Configuration.MTU_LENGTH_DEFAULT;
    try {
      NetworkInterface device = NetworkInterface.getByInetAddress(localTowards(peer));
      if (device == null) {
        return usual;
      }
      int headers =
          peer.getAddress() instanceof Inet6Address ? IP6_AND_UDP_HEADERS : IP4_AND_UDP_HEADERS;
      int carried = (device.getMTU() - headers) / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
      return Math.max(
          FRAME_ALIGNMENT * 18, Math.min(carried, Configuration.MAX_UDP_PAYLOAD_LENGTH));
    } catch (SocketException e) {
      return usual;
    }
  }
}
