package io.millrace.bench.player;

import java.net.URI;

/** Names a player and the protocol that it plays. */
public enum Player {
  HLSJS("hls.js", "HLS", "hlsjs", "index.m3u8"),
  /** hls.js as our watch page configures and paces it. */
  PAGE("watch page", "HLS", "page", ""),
  SHAKA_HLS("shaka-player", "HLS", "shaka", "index.m3u8"),
  DASHJS("dash.js", "DASH", "dashjs", "manifest.mpd"),
  SHAKA_DASH("shaka-player", "DASH", "shaka", "manifest.mpd");

  private final String label;
  private final String protocol;
  private final String script;
  private final String file;

  Player(String label, String protocol, String script, String file) {
    this.label = label;
    this.protocol = protocol;
    this.script = script;
    this.file = file;
  }

  /** As people call it. */
  public String label() {
    return label;
  }

  /** HLS or DASH. */
  public String protocol() {
    return protocol;
  }

  /** As {@code web/live/play.mjs} calls it. */
  String script() {
    return script;
  }

  /** The package that npm installs for it. */
  String npmPackage() {
    return switch (this) {
      case HLSJS, PAGE -> "hls.js";
      case DASHJS -> "dashjs";
      case SHAKA_HLS, SHAKA_DASH -> "shaka-player";
    };
  }

  /** Where in the clone it does. */
  String npmDirectory() {
    return switch (this) {
      case HLSJS, PAGE -> "web";
      case DASHJS, SHAKA_HLS, SHAKA_DASH -> "web/live";
    };
  }

  /** Where it plays the channel. */
  public URI address(URI edge, URI control, String channel) {
    return switch (this) {
      case PAGE -> control.resolve("/watch/" + channel);
      case HLSJS, SHAKA_HLS, DASHJS, SHAKA_DASH -> edge.resolve("/live/" + channel + "/" + file);
    };
  }
}
