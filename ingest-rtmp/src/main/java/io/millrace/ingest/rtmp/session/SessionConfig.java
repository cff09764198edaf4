package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.rtmp.message.AmfLimits;
import java.time.Duration;
import java.util.Objects;

/**
 * Holds the times and limits of one publisher's session.
 *
 * @param handshakeTimeout from the connection to the end of the handshake
 * @param publishTimeout from there, or from the end of the last publication, to an accepted publish
 *     command, whatever else is asked meanwhile
 * @param keyTimeout how long a key that is not known is looked for: that of a channel which was
 *     just made comes a moment later
 * @param mediaTimeout a publisher that sends no audio and no video for so long is closed
 * @param idleTimeout a connection on which nothing at all comes for so long is closed
 * @param pingAfter a connection is pinged when nothing came for so long
 * @param closeDelay between a refusal and the close, so that the encoder can read it
 * @param chunkSizeBytes the size of chunks announced to encoders; ffmpeg adopts it for its own
 * @param windowBytes the acknowledgement window announced to encoders
 * @param commandsPerMinute commands and pings above this close the connection
 * @param controlMessagesPerSecond other messages that bring no media: above this, and five times as
 *     many at once, close the connection
 * @param configurationsPerMinute configurations of a channel's tracks above this refuse the
 *     publisher
 * @param amf what commands and metadata may hold; a command beyond it closes the connection
 */
public record SessionConfig(
    Duration handshakeTimeout,
    Duration publishTimeout,
    Duration keyTimeout,
    Duration mediaTimeout,
    Duration idleTimeout,
    Duration pingAfter,
    Duration closeDelay,
    int chunkSizeBytes,
    int windowBytes,
    int commandsPerMinute,
    int controlMessagesPerSecond,
    int configurationsPerMinute,
    AmfLimits amf) {

  public SessionConfig {
    positive("rtmp.handshake-timeout", handshakeTimeout);
    positive("rtmp.publish-timeout", publishTimeout);
    if (keyTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "rtmp.key-timeout: " + keyTimeout + " (expected: 0 or above)");
    }
    positive("rtmp.media-timeout", mediaTimeout);
    positive("rtmp.idle-timeout", idleTimeout);
    positive("rtmp.ping-after", pingAfter);
    positive("rtmp.close-delay", closeDelay);
    between("rtmp.chunk-size-bytes", chunkSizeBytes, 128, 1 << 20);
    between("rtmp.window-bytes", windowBytes, 128 << 10, 1 << 30);
    between("rtmp.commands-per-minute", commandsPerMinute, 16, 1_000_000);
    between("rtmp.max-control-messages-per-second", controlMessagesPerSecond, 10, 1_000_000);
    between("rtmp.configurations-per-minute", configurationsPerMinute, 10, 1_000_000);
    Objects.requireNonNull(amf, "amf");
    if (pingAfter.compareTo(idleTimeout) >= 0) {
      throw new IllegalArgumentException(
          "rtmp.ping-after: "
              + pingAfter
              + " (expected: below rtmp.idle-timeout "
              + idleTimeout
              + ")");
    }
  }

  public static SessionConfig defaults() {
    return new SessionConfig(
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Duration.ofMillis(500),
        65_536,
        2_500_000,
        600,
        200,
        120,
        AmfLimits.defaults());
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
    }
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }
}
