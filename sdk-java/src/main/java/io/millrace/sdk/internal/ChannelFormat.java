package io.millrace.sdk.internal;

import io.millrace.sdk.Channel;
import io.millrace.sdk.ChannelChange;
import io.millrace.sdk.ChannelPage;
import io.millrace.sdk.ChannelSettings;
import io.millrace.sdk.ChannelWithKey;
import io.millrace.sdk.Live;
import io.millrace.sdk.NewChannel;
import io.millrace.sdk.PublishAddresses;
import io.millrace.sdk.SettingsChange;
import io.millrace.sdk.Track;
import io.millrace.sdk.WatchAddresses;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes channels as the API's contract has them. */
final class ChannelFormat {
  private ChannelFormat() {}

  static ChannelPage page(JsonObject json) {
    return new ChannelPage(channels(json), json.optionalString("next"));
  }

  static List<Channel> channels(JsonObject json) {
    return json.objects("channels").stream().map(ChannelFormat::channel).toList();
  }

  static ChannelWithKey channelWithKey(JsonObject json) {
    return new ChannelWithKey(channel(json), json.string("key"));
  }

  static Channel channel(JsonObject json) {
    return new Channel(
        json.uuid("id"),
        json.string("name"),
        json.string("title"),
        json.instant("createdAt"),
        json.optionalString("keyHint"),
        settings(json.object("settings")),
        publish(json.object("publish")),
        watch(json.object("watch")),
        live(json.object("live")));
  }

  private static ChannelSettings settings(JsonObject json) {
    return new ChannelSettings(
        json.milliseconds("partMs"),
        json.milliseconds("segmentMs"),
        json.milliseconds("windowMs"),
        json.milliseconds("graceMs"));
  }

  private static PublishAddresses publish(JsonObject json) {
    return new PublishAddresses(
        json.optionalString("rtmpServer"),
        json.optionalString("rtmpKey"),
        json.optionalString("rtmp"),
        json.optionalString("srt"));
  }

  private static WatchAddresses watch(JsonObject json) {
    return new WatchAddresses(json.optionalUri("hls"), json.optionalUri("dash"), json.uri("page"));
  }

  private static Live live(JsonObject json) {
    return new Live(
        state(json.string("state")),
        json.optionalUuid("broadcast"),
        json.optionalInstant("since"),
        json.integer("viewers"),
        json.optionalLong("bitrateBps"),
        json.optionalMilliseconds("latencyMs"),
        json.objects("tracks").stream().map(ChannelFormat::track).toList(),
        json.optionalString("publisher"),
        json.strings("hints"));
  }

  private static Live.State state(String word) {
    return switch (word) {
      case "offline" -> Live.State.OFFLINE;
      case "live" -> Live.State.LIVE;
      case "waiting" -> Live.State.WAITING;
      default -> Live.State.UNKNOWN;
    };
  }

  private static Track track(JsonObject json) {
    return new Track(
        kind(json.string("kind")),
        json.string("codec"),
        json.optionalInteger("width"),
        json.optionalInteger("height"),
        json.optionalDouble("frameRate"),
        json.optionalMilliseconds("keyframeIntervalMs"),
        json.optionalInteger("sampleRate"),
        json.optionalInteger("channels"),
        json.optionalLong("bitrateBps"));
  }

  private static Track.Kind kind(String word) {
    return switch (word) {
      case "video" -> Track.Kind.VIDEO;
      case "audio" -> Track.Kind.AUDIO;
      default -> Track.Kind.UNKNOWN;
    };
  }

  static byte[] write(NewChannel channel) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", channel.name());
    if (!channel.title().isEmpty()) {
      body.put("title", channel.title());
    }
    putSettings(body, channel.settings());
    return Json.write(body);
  }

  static byte[] write(ChannelChange change) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (change.name() != null) {
      body.put("name", change.name());
    }
    if (change.title() != null) {
      body.put("title", change.title());
    }
    putSettings(body, change.settings());
    return Json.write(body);
  }

  private static void putSettings(Map<String, Object> body, SettingsChange settings) {
    Map<String, Object> changed = new LinkedHashMap<>();
    putMilliseconds(changed, "partMs", settings.part());
    putMilliseconds(changed, "segmentMs", settings.segment());
    putMilliseconds(changed, "windowMs", settings.window());
    putMilliseconds(changed, "graceMs", settings.grace());
    if (!changed.isEmpty()) {
      body.put("settings", changed);
    }
  }

  private static void putMilliseconds(
      Map<String, Object> body, String name, @Nullable Duration length) {
    if (length != null) {
      body.put(name, length.toMillis());
    }
  }
}
