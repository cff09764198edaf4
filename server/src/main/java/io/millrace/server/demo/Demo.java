package io.millrace.server.demo;

import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;

/** Has a channel and a broadcast to it, so that there is something to watch. */
public final class Demo implements AutoCloseable {
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
    DemoChannel channel = new DemoChannel(new ApiClient(control, token), data);
    String key = channel.key();
    Broadcaster broadcaster =
        Broadcaster.start(rtmp + "/" + key, () -> channel.whyNotTo(key), data.children());
    return new Demo(broadcaster, control + "/watch/" + DemoChannel.NAME);
  }

  private static String required(Endpoints endpoints, String name) {
    return endpoints
        .address(name)
        .map(Endpoints.Endpoint::url)
        .orElseThrow(() -> new ServerException("the demo needs " + name + " in this process"));
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
