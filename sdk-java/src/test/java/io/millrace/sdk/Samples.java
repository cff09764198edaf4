package io.millrace.sdk;

import java.util.UUID;

/** Channels as the API writes them. */
final class Samples {
  static final UUID ID = UUID.fromString("0b0e7c6e-6f0b-4b7e-9d6a-2f3a4b5c6d7e");

  private static final String CHANNEL =
      """
      {"id": "%s", "name": "%s", "title": "A title", "createdAt": "2026-01-02T03:04:05.678901Z",
       "settings": {"partMs": 200, "segmentMs": 2000, "windowMs": 60000, "graceMs": 30000},
       "publish": {}, "watch": {"page": "http://localhost:8090/watch/%s"},
       "live": {"state": "offline", "viewers": 0, "tracks": [], "hints": []}%s}\
      """;

  private Samples() {}

  static String channel(String name) {
    return channel(ID, name);
  }

  static String channel(UUID id, String name) {
    return oneLine(CHANNEL.formatted(id, name, name, ""));
  }

  static String channelWithKey(String name) {
    return oneLine(CHANNEL.formatted(ID, name, name, ", \"key\": \"mk_secret\""));
  }

  /** Everything there is, and more than this version knows. */
  static String liveChannel() {
    return oneLine(
        """
        {"id": "%s", "name": "main", "title": "", "keyHint": "mk_1…", "createdAt": "2026-01-02T03:04:05Z",
         "colour": {"of": ["the", 1, 1.5, true, null]},
         "settings": {"partMs": 100, "segmentMs": 1000, "windowMs": 6000, "graceMs": 0},
         "publish": {"rtmpServer": "rtmp://localhost/live", "rtmp": "rtmp://localhost/live", "srt": null},
         "watch": {"hls": "http://localhost:8080/live/main/index.m3u8", "page": "http://localhost:8090/watch/main"},
         "live": {"state": "live", "broadcast": "019a0000-0000-7000-8000-000000000001",
                  "since": "2026-01-02T03:05:00Z", "viewers": 12, "bitrateBps": 3000000000, "latencyMs": 6.3,
                  "tracks": [{"kind": "video", "codec": "avc1.64001f", "width": 1280, "height": 720,
                              "frameRate": 29.97, "keyframeIntervalMs": 2000, "bitrateBps": 2800000},
                             {"kind": "smell", "codec": "none"}],
                  "publisher": "192.0.2.1 OBS", "hints": ["Set the keyframe interval to 2 s."]}}\
        """
            .formatted(ID));
  }

  private static String oneLine(String text) {
    return text.replace("\n", " ");
  }
}
