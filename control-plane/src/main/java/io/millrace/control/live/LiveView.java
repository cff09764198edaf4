package io.millrace.control.live;

import io.millrace.control.link.ChannelReport;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A channel's live state as the API shows it. */
public record LiveView(
    String state,
    @Nullable UUID broadcast,
    @Nullable Instant since,
    int viewers,
    @Nullable Long bitrateBps,
    @Nullable Double latencyMs,
    List<TrackView> tracks,
    @Nullable String publisher,
    List<String> hints) {
  private static final double TENTHS = 10;
  private static final double HUNDREDTHS = 100;

  /** A track; what does not apply to its kind is absent. */
  public record TrackView(
      String kind,
      String codec,
      @Nullable Integer width,
      @Nullable Integer height,
      @Nullable Double frameRate,
      @Nullable Double keyframeIntervalMs,
      @Nullable Integer sampleRate,
      @Nullable Integer channels,
      @Nullable Long bitrateBps) {
    static TrackView of(ChannelReport.TrackReport track) {
      return new TrackView(
          track.kind().toLowerCase(Locale.ROOT),
          track.codec(),
          positive(track.width()),
          positive(track.height()),
          positive(track.frameRate(), HUNDREDTHS),
          positive(track.keyframeIntervalMs(), 1),
          positive(track.sampleRate()),
          positive(track.channels()),
          positive(track.bitrateBps()));
    }
  }

  public static LiveView of(LiveState live) {
    if (live.lead().isEmpty()) {
      return new LiveView("offline", null, null, 0, null, null, List.of(), null, List.of());
    }
    ChannelReport lead = live.lead().get();
    return new LiveView(
        lead.state().name().toLowerCase(Locale.ROOT),
        lead.broadcast(),
        lead.liveSinceMs() > 0 ? Instant.ofEpochMilli(lead.liveSinceMs()) : null,
        live.viewers(),
        positive(lead.bitrateBps()),
        live.latencyMs() < 0 ? null : round(live.latencyMs(), TENTHS),
        lead.tracks().stream().map(TrackView::of).toList(),
        lead.publisher().isEmpty() ? null : lead.publisher(),
        live.hints());
  }

  private static @Nullable Integer positive(int value) {
    return value > 0 ? value : null;
  }

  private static @Nullable Long positive(long value) {
    return value > 0 ? value : null;
  }

  private static @Nullable Double positive(double value, double steps) {
    return value > 0 && Double.isFinite(value) ? round(value, steps) : null;
  }

  private static Double round(double value, double steps) {
    return Math.round(value * steps) / steps;
  }
}
