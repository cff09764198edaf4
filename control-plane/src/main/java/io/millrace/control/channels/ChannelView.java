package io.millrace.control.channels;

import io.millrace.control.http.RequestAddress;
import io.millrace.control.live.LiveState;
import io.millrace.control.live.LiveView;
import io.millrace.control.nodes.PublicEndpoints;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A channel as the API shows it. */
record ChannelView(
    UUID id,
    String name,
    String title,
    @Nullable String key,
    @Nullable String keyHint,
    Instant createdAt,
    ChannelSettings settings,
    ChannelTokens tokens,
    Publish publish,
    Watch watch,
    LiveView live) {
  /**
   * Where to publish.
   *
   * @param rtmp server and key in one where the key is shown, otherwise the server
   */
  record Publish(
      @Nullable String rtmpServer,
      @Nullable String rtmpKey,
      @Nullable String rtmp,
      @Nullable String srt) {}

  /** Where to watch. */
  record Watch(@Nullable String hls, @Nullable String dash, String page) {}

  /** A channel as anybody may see it. */
  record Public(
      UUID id,
      String name,
      String title,
      String state,
      boolean live,
      @Nullable Instant since,
      int viewers,
      @Nullable Double latencyMs,
      Watch watch) {}

  static ChannelView of(
      Channel channel,
      @Nullable String key,
      LiveState live,
      PublicEndpoints endpoints,
      RequestAddress address) {
    String server =
        endpoints
            .rtmp(address.host())
            .map(authority -> "rtmp://" + authority + "/live")
            .orElse(null);
    String rtmp = server == null || key == null ? server : server + "/" + key;
    return new ChannelView(
        channel.id(),
        channel.name(),
        channel.title(),
        key,
        channel.keyHint(),
        channel.createdAt(),
        channel.settings(),
        ChannelTokens.of(channel.tokens()),
        new Publish(server, key, rtmp, /* srt= */ null),
        watch(channel, endpoints, address, ""),
        LiveView.of(live));
  }

  static Public publicOf(
      Channel channel, LiveState live, PublicEndpoints endpoints, RequestAddress address) {
    LiveView view = LiveView.of(live);
    return new Public(
        channel.id(),
        channel.name(),
        channel.title(),
        view.state(),
        live.isOnAir(),
        view.since(),
        view.viewers(),
        view.latencyMs(),
        watch(channel, endpoints, address, ""));
  }

  /**
   * @param before what comes before the path: a token, or nothing
   */
  static Watch watch(
      Channel channel, PublicEndpoints endpoints, RequestAddress address, String before) {
    String live =
        endpoints
            .http(address.host())
            .map(authority -> "http://%s%s/live/%s/".formatted(authority, before, channel.name()))
            .orElse(null);
    String page =
        "%s://%s/watch/%s".formatted(address.scheme(), address.authority(), channel.name());
    return live == null
        ? new Watch(/* hls= */ null, /* dash= */ null, page)
        : new Watch(live + "index.m3u8", live + "manifest.mpd", page);
  }
}
