package io.millrace.sdk.internal;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.Channel;
import io.millrace.sdk.ChannelChange;
import io.millrace.sdk.ChannelPage;
import io.millrace.sdk.ChannelWithKey;
import io.millrace.sdk.DateRange;
import io.millrace.sdk.DateRangeRequest;
import io.millrace.sdk.NewChannel;
import io.millrace.sdk.ViewerToken;
import io.millrace.sdk.ViewerTokenRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The requests that there are about channels. Any thread. */
public final class ChannelApi {
  /** The most channels that the API gives at once. */
  public static final int MOST_LIMIT = 500;

  private static final String CHANNELS = "channels";
  private static final String ANSWERS = Call.JSON + ", " + Problems.MEDIA_TYPE;

  private final HttpTransport transport;
  private final EventTimings timings;

  /**
   * Makes requests for a transport.
   *
   * @param timings of watching
   */
  public ChannelApi(HttpTransport transport, EventTimings timings) {
    this.transport = transport;
    this.timings = timings;
  }

  public HttpTransport transport() {
    return transport;
  }

  /** At most {@code limit} channels, those after a name where one is given. */
  public Call<ChannelPage> page(int limit, @Nullable String after) {
    if (limit < 1 || limit > MOST_LIMIT) {
      throw new IllegalArgumentException(
          "limit: %d (expected: 1 to %d)".formatted(limit, MOST_LIMIT));
    }
    String query = "?limit=" + limit + (after == null ? "" : "&after=" + escaped(after));
    return call("GET", CHANNELS + query, null, ChannelFormat::page);
  }

  public Call<Channel> get(String nameOrId) {
    return call("GET", path(nameOrId), null, ChannelFormat::channel);
  }

  public Call<ChannelWithKey> create(NewChannel channel) {
    return call("POST", CHANNELS, ChannelFormat.write(channel), ChannelFormat::channelWithKey);
  }

  public Call<Channel> change(String nameOrId, ChannelChange change) {
    return call("PATCH", path(nameOrId), ChannelFormat.write(change), ChannelFormat::channel);
  }

  public Call<ChannelWithKey> rotateKey(String nameOrId) {
    return call("POST", path(nameOrId) + "/key", null, ChannelFormat::channelWithKey);
  }

  public Call<Channel> end(String nameOrId) {
    return call("POST", path(nameOrId) + "/end", null, ChannelFormat::channel);
  }

  public Call<DateRange> mark(String nameOrId, DateRangeRequest range) {
    return call(
        "POST",
        path(nameOrId) + "/date-ranges",
        DateRangeFormat.write(range),
        DateRangeFormat::dateRange);
  }

  public Call<ViewerToken> issueToken(String nameOrId, ViewerTokenRequest request) {
    return call("POST", path(nameOrId) + "/tokens", TokenJson.write(request), TokenJson::token);
  }

  /** Tells nothing but that it is done. */
  public Call<Boolean> delete(String nameOrId) {
    return call("DELETE", path(nameOrId), null, nothing -> true);
  }

  /** Watches every channel. */
  public EventReader watch() {
    return new EventReader(transport, timings, new EventScope.All(this));
  }

  /** Watches one channel, also when its name changes. */
  public EventReader watch(String nameOrId) {
    String unused = path(nameOrId);
    return new EventReader(transport, timings, new EventScope.One(this, nameOrId));
  }

  private <T> Call<T> call(
      String method, String path, byte @Nullable [] body, Function<JsonObject, T> reader) {
    return new Call<>(transport, transport.request(method, path, body, ANSWERS), reader);
  }

  /** The API judges names, but for those that would make another path. */
  private static String path(String nameOrId) {
    requireNonNull(nameOrId, "nameOrId");
    if (nameOrId.isBlank() || nameOrId.equals(".") || nameOrId.equals("..")) {
      throw new IllegalArgumentException(
          "nameOrId: \"%s\" (expected: a channel's name or id)".formatted(nameOrId));
    }
    return CHANNELS + "/" + escaped(nameOrId);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
