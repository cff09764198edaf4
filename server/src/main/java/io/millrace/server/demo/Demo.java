package io.millrace.server.demo;

import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Has a channel and a broadcast to it, so that there is something to watch. */
public final class Demo implements AutoCloseable {
  private static final String CHANNEL = "demo";
  private static final String KEY_FILE = "demo-key";

  private final Broadcaster broadcaster;
  private final String page;

  private Demo(Broadcaster broadcaster, String page) {
    this.broadcaster = broadcaster;
    this.page = page;
  }

  /** Creates the channel where there is none, and begins to broadcast. */
  public static Demo start(Endpoints endpoints, DataDirectory data) {
    String control = required(endpoints, "control");
    String rtmp = required(endpoints, "rtmp");
    String token =
        data.secret(DataDirectory.ADMIN_TOKEN)
            .orElseThrow(() -> new ServerException("the administrator's token is not there"));
    ApiClient api = new ApiClient(control, token);
    Broadcaster broadcaster = Broadcaster.start(rtmp + "/" + key(api, data), data.children());
    return new Demo(broadcaster, control + "/watch/" + CHANNEL);
  }

  private static String required(Endpoints endpoints, String name) {
    return endpoints
        .address(name)
        .map(Endpoints.Endpoint::url)
        .orElseThrow(() -> new ServerException("the demo needs " + name + " in this process"));
  }

  private static String key(ApiClient api, DataDirectory data) {
    boolean exists = false;
    for (JsonNode channel : api.get("channels?limit=500").path("channels")) {
      exists |= channel.path("name").asString("").equals(CHANNEL);
    }
    Optional<String> kept = data.secret(KEY_FILE);
    if (exists && kept.isPresent()) {
      return kept.get();
    }
    JsonNode channel =
        exists
            ? api.post("channels/" + CHANNEL + "/key", null)
            : api.post("channels", Map.of("name", CHANNEL, "title", "Test picture"));
    String key = channel.path("key").asString("");
    data.keepSecret(KEY_FILE, key);
    return key;
  }

  /** Where to watch it. */
  public String page() {
    return page;
  }

  @Override
  public void close() {
    broadcaster.close();
  }
}
