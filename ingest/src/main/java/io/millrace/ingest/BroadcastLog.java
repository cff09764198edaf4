package io.millrace.ingest;

import io.millrace.media.channel.BroadcastId;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of a channel's broadcasts: a line when one begins, a line for each publisher
 * that comes back or takes over, and a line when it ends. Confined to the agent.
 *
 * <p>The first line waits until it can tell what is sent: until a video and an audio track are
 * described, the frame rate is known and a sample came, but for a second at most.
 */
final class BroadcastLog {
  private static final Logger log = LoggerFactory.getLogger(BroadcastLog.class);
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int FRAMES_TO_MEASURE = 16;

  private enum Told {
    NOTHING,
    BEGINNING,
    END
  }

  private String channel;
  private Told told = Told.END;

  // Per broadcast.
  private @Nullable BroadcastId broadcast;
  private long openedNs;
  private long lostNs;
  private long dropped;
  private int reconnects;

  /** Who sends now, or did last. */
  private @Nullable Publication publisher;

  private boolean live;

  BroadcastLog(String channel) {
    this.channel = channel;
  }

  void channel(String newName) {
    channel = newName;
  }

  /** A publisher's first track opened a broadcast. */
  void opened(BroadcastId opened, Publication from, long nowNs) {
    told = Told.NOTHING;
    broadcast = opened;
    openedNs = nowNs;
    dropped = 0;
    reconnects = 0;
    publisher = from;
    live = true;
  }

  /** A publisher goes on with the broadcast. */
  void resumed(Publication from, boolean takenOver, long nowNs) {
    publisher = from;
    live = true;
    reconnects++;
    if (takenOver) {
      log.info("publisher taken over: {}", names(from));
    } else {
      log.info("publisher is back: {} away={}", names(from), seconds(nowNs - lostNs));
    }
  }

  /** Something may have come that the first line waits for. */
  void tick(Collection<TrackMeter> tracks, long nowNs) {
    if (told == Told.NOTHING && (isDescribed(tracks) || nowNs - openedNs >= PATIENCE_NS)) {
      tellBeginning(tracks);
    }
  }

  void lost(CloseReason reason, Collection<TrackMeter> tracks, long nowNs) {
    tellBeginning(tracks);
    live = false;
    lostNs = nowNs;
    dropped += drops();
    log.debug("publisher is away: channel={} reason={}", channel, reason.text());
  }

  /**
   * The broadcast is over, or this node has no more to do with it.
   *
   * @param bytes of all samples
   */
  void ended(String reason, Collection<TrackMeter> tracks, long bytes, long nowNs) {
    if (told == Told.END) {
      return;
    }
    tellBeginning(tracks);
    told = Told.END;
    log.info(
        "broadcast ended: channel={} broadcast={} reason={} seconds={} bytes={} dropped={}"
            + " reconnects={}",
        channel,
        broadcast,
        reason,
        seconds((live ? nowNs : lostNs) - openedNs),
        bytes,
        live ? dropped + drops() : dropped,
        reconnects);
  }

  private void tellBeginning(Collection<TrackMeter> tracks) {
    if (told == Told.NOTHING && publisher != null) {
      told = Told.BEGINNING;
      log.info(
          "broadcast begins: {} video={} audio={}",
          names(publisher),
          describe(tracks, TrackKind.VIDEO),
          describe(tracks, TrackKind.AUDIO));
    }
  }

  private String names(Publication from) {
    return String.format(
        Locale.ROOT,
        "channel=%s broadcast=%s protocol=%s peer=%s encoder=%s",
        channel,
        broadcast,
        from.address().protocol(),
        from.address().peer(),
        from.encoder().isEmpty() ? "unknown" : '"' + from.encoder() + '"');
  }

  private long drops() {
    return publisher == null ? 0 : publisher.drops();
  }

  private static boolean isDescribed(Collection<TrackMeter> tracks) {
    boolean video = false;
    boolean audio = false;
    boolean flows = false;
    for (TrackMeter track : tracks) {
      video |= track.kind() == TrackKind.VIDEO && frameRate(track) > 0;
      audio |= track.kind() == TrackKind.AUDIO;
      flows |= track.frames() > 0;
    }
    return video && audio && flows;
  }

  private static String describe(Collection<TrackMeter> tracks, TrackKind kind) {
    String described =
        tracks.stream()
            .filter(track -> track.kind() == kind)
            .map(BroadcastLog::describe)
            .collect(Collectors.joining(", "));
    return described.isEmpty() ? "none" : '"' + described + '"';
  }

  private static String describe(TrackMeter track) {
    return switch (track.track().codec()) {
      case VideoConfiguration video -> {
        double rate = frameRate(track);
        yield video.codecsString()
            + (video.width() > 0 ? " " + video.width() + "x" + video.height() : "")
            + (rate > 0 ? " " + plain(rate) + " fps" : "");
      }
      case AudioConfiguration audio ->
          audio.codecsString() + " " + audio.outputSampleRate() + " Hz";
    };
  }

  /** As the configuration tells it, else as measured; 0 where neither is possible yet. */
  private static double frameRate(TrackMeter track) {
    double configured =
        track.track().codec() instanceof VideoConfiguration video ? video.frameRate() : 0;
    if (configured > 0) {
      return configured;
    }
    return track.frames() < FRAMES_TO_MEASURE ? 0 : Math.round(track.frameRate() * 10) / 10.0;
  }

  private static String plain(double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.2f", number);
  }

  private static double seconds(long ns) {
    return Math.round(ns / 1e8) / 10.0;
  }
}
