package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.session.SessionConfig;
import java.util.Objects;

/**
 * Holds the settings of the RTMP server.
 *
 * @param host the address to listen on; empty: all of them, IPv6 and IPv4
 * @param port TCP port; 0: any free one
 * @param maxConnections connections at the same time
 * @param maxConnectionsPerAddress connections at the same time from one address, or IPv6 /64
 * @param chunks what one connection may cost
 * @param maxAllPartialBytes memory held by messages begun and not complete, of all connections;
 *     those that do not publish get half of it
 * @param session times and limits of one session
 */
public record RtmpConfig(
    String host,
    int port,
    int maxConnections,
    int maxConnectionsPerAddress,
    ChunkLimits chunks,
    long maxAllPartialBytes,
    SessionConfig session) {
  public RtmpConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(chunks, "chunks");
    Objects.requireNonNull(session, "session");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("rtmp.port: " + port + " (expected: 0..65535)");
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "rtmp.max-connections: " + maxConnections + " (expected: 1 or more)");
    }
    if (maxConnectionsPerAddress < 1) {
      throw new IllegalArgumentException(
          "rtmp.max-connections-per-address: "
              + maxConnectionsPerAddress
              + " (expected: 1 or more)");
    }
    if (maxAllPartialBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "rtmp.max-all-partial-bytes: " + maxAllPartialBytes + " (expected: 1 MiB or more)");
    }
  }

  public static RtmpConfig defaults() {
    return new RtmpConfig(
        "",
        1935,
        2_000,
        500,
        ChunkLimits.defaults(),
        usualAllPartialBytes(),
        SessionConfig.defaults());
  }

  /** 256 MiB, less where the heap is small. */
  public static long usualAllPartialBytes() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1L << 20, 256L << 20);
  }

  /** The same settings with another port. */
  public RtmpConfig withPort(int newPort) {
    return at(host, newPort);
  }

  /** The same settings at another address. */
  public RtmpConfig at(String newHost, int newPort) {
    return new RtmpConfig(
        newHost,
        newPort,
        maxConnections,
        maxConnectionsPerAddress,
        chunks,
        maxAllPartialBytes,
        session);
  }
}
