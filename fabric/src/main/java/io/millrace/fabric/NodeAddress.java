package io.millrace.fabric;

/** Says where a node's links are: in this process, or at a host and UDP port. */
public sealed interface NodeAddress {
  /** Another role of this process; the link runs over shared memory. */
  record Local() implements NodeAddress {}

  record Udp(String host, int port) implements NodeAddress {
    public Udp {
      if (host.isBlank() || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "address: %s:%d (expected: a host and a port from 1 to 65535)".formatted(host, port));
      }
    }
  }

  NodeAddress LOCAL = new Local();
}
