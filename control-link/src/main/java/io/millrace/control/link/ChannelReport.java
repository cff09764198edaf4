package io.millrace.control.link;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells what one role of a node sees of one channel now. A report replaces the same role's last
 * one.
 *
 * @param channel the channel's id
 * @param role who reports
 * @param state live, waiting for the publisher to come back, or over
 * @param broadcast the broadcast's id; null where the role does not know it
 * @param liveSinceMs Unix time in milliseconds; 0 where the role does not know it
 * @param bitrateBps what came in over the last seconds, bits a second; 0 where the role does not
 *     know
 * @param tracks one for each track; empty where the role does not know them
 * @param publisher address and encoder of the publisher; empty where the role does not know it
 * @param viewers sessions with a playlist request in the last 10 s, at this node
 * @param latencyMs ingest arrival to availability at this node, median of the last parts; below 0
 *     where unknown
 * @param hints what the broadcaster should change, each a sentence
 */
public record ChannelReport(
    UUID channel,
    Role role,
    State state,
    @Nullable UUID broadcast,
    long liveSinceMs,
    long bitrateBps,
    List<TrackReport> tracks,
    String publisher,
    int viewers,
    double latencyMs,
    List<String> hints) {
  /** Says whether the channel is on air. */
  public enum State {
    LIVE,
    WAITING,
    ENDED
  }

  /**
   * Describes one track.
   *
   * @param codec RFC 6381 string
   * @param width luma samples; 0 for audio
   * @param frameRate frames a second as measured; 0 for audio
   * @param keyframeIntervalMs as measured; 0 for audio and where unknown
   * @param sampleRate Hz; 0 for video
   */
  public record TrackReport(
      String kind,
      String codec,
      int width,
      int height,
      double frameRate,
      double keyframeIntervalMs,
      int sampleRate,
      int channels,
      long bitrateBps) {}

  public ChannelReport {
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(state, "state");
    tracks = List.copyOf(tracks);
    hints = List.copyOf(hints);
  }
}
