package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryMetrics.Kind;
import io.millrace.media.channel.TimelineId;
import java.util.Optional;
import java.util.UUID;

/**
 * Names what an address names: {@code /live/CHANNEL/index.m3u8}, {@code
 * /live/CHANNEL/manifest.mpd}, {@code /live/CHANNEL/TIMELINE/…}.
 */
sealed interface Route {
  Kind kind();

  /** Something of a channel. */
  sealed interface OfChannel extends Route {
    /** Name or id. */
    String channel();
  }

  /** Something of a rendition. */
  sealed interface OfRendition extends OfChannel {
    TimelineId timeline();

    String rendition();
  }

  record Time() implements Route {
    @Override
    public Kind kind() {
      return Kind.TIME;
    }
  }

  record Multivariant(String channel) implements OfChannel {
    @Override
    public Kind kind() {
      return Kind.MULTIVARIANT;
    }
  }

  record Manifest(String channel) implements OfChannel {
    @Override
    public Kind kind() {
      return Kind.MANIFEST;
    }
  }

  /** The patch of the MPD that was published at that instant, Unix milliseconds. */
  record Patch(String channel, TimelineId timeline, long publishMs) implements OfChannel {
    @Override
    public Kind kind() {
      return Kind.PATCH;
    }
  }

  record Playlist(String channel, TimelineId timeline, String rendition) implements OfRendition {
    @Override
    public Kind kind() {
      return Kind.PLAYLIST;
    }
  }

  record IFramePlaylist(String channel, TimelineId timeline, String rendition)
      implements OfRendition {
    @Override
    public Kind kind() {
      return Kind.PLAYLIST;
    }
  }

  record Init(String channel, TimelineId timeline, String rendition, String hash)
      implements OfRendition {
    @Override
    public Kind kind() {
      return Kind.INIT;
    }
  }

  record Segment(String channel, TimelineId timeline, String rendition, long msn)
      implements OfRendition {
    @Override
    public Kind kind() {
      return Kind.SEGMENT;
    }
  }

  record Part(String channel, TimelineId timeline, String rendition, long msn, int part)
      implements OfRendition {
    @Override
    public Kind kind() {
      return Kind.PART;
    }
  }

  String LIVE = "/live/";
  String INDEX = "index.m3u8";
  String I_FRAMES = "iframes.m3u8";
  String MANIFEST = "manifest.mpd";
  String PATCH = ".mpp";

  /** Reads a path; empty where it names nothing. */
  static Optional<Route> of(String path) {
    return of(path, 0);
  }

  /** Reads what is at {@code from} in a path: of channels alone, where something is before it. */
  static Optional<Route> of(String path, int from) {
    if (from == 0 && path.equals("/time")) {
      return Optional.of(new Time());
    }
    if (!path.startsWith(LIVE, from)) {
      return Optional.empty();
    }
    String[] steps = path.substring(from + LIVE.length()).split("/", 5);
    if (!isName(steps[0])) {
      return Optional.empty();
    }
    if (steps.length == 2 && steps[1].equals(INDEX)) {
      return Optional.of(new Multivariant(steps[0]));
    }
    if (steps.length == 2 && steps[1].equals(MANIFEST)) {
      return Optional.of(new Manifest(steps[0]));
    }
    if (steps.length < 3 || steps[1].length() != 36) {
      return Optional.empty();
    }
    try {
      TimelineId timeline = new TimelineId(UUID.fromString(steps[1]));
      if (steps.length == 3) {
        return ofPatch(steps[0], timeline, steps[2]);
      }
      if (steps.length != 4 || !isName(steps[2])) {
        return Optional.empty();
      }
      return ofFile(steps[0], timeline, steps[2], steps[3]);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Route> ofPatch(String channel, TimelineId timeline, String file) {
    if (!file.endsWith(PATCH)) {
      return Optional.empty();
    }
    long publishMs = number(file.substring(0, file.length() - PATCH.length()), 15);
    return publishMs < 0 ? Optional.empty() : Optional.of(new Patch(channel, timeline, publishMs));
  }

  private static Optional<Route> ofFile(
      String channel, TimelineId timeline, String rendition, String file) {
    if (file.equals(INDEX)) {
      return Optional.of(new Playlist(channel, timeline, rendition));
    }
    if (file.equals(I_FRAMES)) {
      return Optional.of(new IFramePlaylist(channel, timeline, rendition));
    }
    if (file.startsWith("init-") && file.endsWith(".mp4") && file.length() <= 64) {
      String hash = file.substring("init-".length(), file.length() - ".mp4".length());
      return Optional.of(new Init(channel, timeline, rendition, hash));
    }
    if (!file.endsWith(".m4s")) {
      return Optional.empty();
    }
    String numbers = file.substring(0, file.length() - ".m4s".length());
    int dot = numbers.indexOf('.');
    long msn = number(dot < 0 ? numbers : numbers.substring(0, dot), 18);
    if (msn < 0) {
      return Optional.empty();
    }
    if (dot < 0) {
      return Optional.of(new Segment(channel, timeline, rendition, msn));
    }
    int part = (int) number(numbers.substring(dot + 1), 9);
    return part < 0
        ? Optional.empty()
        : Optional.of(new Part(channel, timeline, rendition, msn, part));
  }

  /** Names need no escape: letters, digits and a few marks. */
  private static boolean isName(String text) {
    if (text.isEmpty() || text.length() > 128 || text.startsWith(".")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && c != '-' && c != '_' && c != '.' && c != '~') {
        return false;
      }
    }
    return true;
  }

  /**
   * A decimal number as it is written in an address, without leading zeros; below 0: it is none.
   */
  private static long number(String text, int mostDigits) {
    if (text.isEmpty()
        || text.length() > mostDigits
        || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
