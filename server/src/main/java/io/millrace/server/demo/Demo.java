package io.millrace.server.demo;

import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a channel and a broadcast to it, so that there is something to watch. */
public final class Demo implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);
  private static final long POLL_MS = 50;

  private final Broadcaster broadcaster;
  private final String page;
  private final URI playlist;

  private Demo(Broadcaster broadcaster, String page, URI playlist) {
    this.broadcaster = broadcaster;
    this.page = page;
    this.playlist = playlist;
  }

  /** Creates the channel where there is none, and begins to broadcast. */
  public static Demo start(Endpoints endpoints, DataDirectory data) {
    String control = required(endpoints, "control");
    String rtmp = required(endpoints, "rtmp");
    String edge = required(endpoints, "edge.http");
    String token =
        data.secret(DataDirectory.ADMIN_TOKEN)
            .orElseThrow(() -> new ServerException("the administrator's token is not there"));
    DemoChannel channel = new DemoChannel(new ApiClient(control, token), data);
    String key = channel.key();
    Broadcaster broadcaster =
        Broadcaster.start(rtmp + "/" + key, () -> channel.whyNotTo(key), data.children());
    return new Demo(
        broadcaster,
        control + "/watch/" + DemoChannel.NAME,
        URI.create(edge + "/live/" + DemoChannel.NAME + "/index.m3u8"));
  }

  /**
   * Waits until viewers get it: until its playlist is there, or it has no broadcast any more, or
   * time is up.
   */
  public void awaitWatchable(Duration limit) throws InterruptedException {
    long untilNs = System.nanoTime() + limit.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isThere(client, playlist, limit)) {
        if (!broadcaster.isRunning() || System.nanoTime() - untilNs > 0) {
          log.warn("There is nothing to watch of the demo yet: {}", broadcaster.lastLine());
          return;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
    }
  }

  private static boolean isThere(HttpClient client, URI playlist, Duration limit)
      throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(playlist).timeout(limit).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      log.debug("The demo's playlist is not there yet: {}", e.toString());
      return false;
    }
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
