package io.millrace.server.demo;

import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The channel that the test picture goes to, and its stream key, which is kept here: the API shows
 * a key only once. Blocking.
 */
final class DemoChannel {
  static final String NAME = "demo";
  static final String KEY_FILE = "demo-key";

  private static final Logger log = LoggerFactory.getLogger(DemoChannel.class);
  private static final String PATH = "channels/" + NAME;
  private static final String HINT_END = "…";

  private final ApiClient api;
  private final DataDirectory data;

  DemoChannel(ApiClient api, DataDirectory data) {
    this.api = api;
    this.data = data;
  }

  /** The key that is kept; a new one where that is not the channel's, or there is no channel. */
  String key() {
    Optional<JsonNode> channel = api.find(PATH);
    Optional<String> kept = data.secret(KEY_FILE);
    if (channel.isPresent() && kept.isPresent() && isOf(channel.get(), kept.get())) {
      return kept.get();
    }
    JsonNode made =
        channel.isPresent()
            ? api.post(PATH + "/key", null)
            : api.post("channels", Map.of("name", NAME, "title", "Test picture"));
    String key = made.path("key").asString("");
    data.keepSecret(KEY_FILE, key);
    if (channel.isPresent()) {
      log.info(
          "Channel {} gets a new stream key: {}",
          NAME,
          kept.isPresent() ? "the one kept here was no longer its key" : "none was kept here");
    }
    return key;
  }

  /** Why {@code key} is of no use any more; empty where it is, or where nobody can say. */
  Optional<String> whyNotTo(String key) {
    try {
      Optional<JsonNode> channel = api.find(PATH);
      if (channel.isEmpty()) {
        return Optional.of("channel %s is gone".formatted(NAME));
      }
      return isOf(channel.get(), key)
          ? Optional.empty()
          : Optional.of("channel %s has a new key".formatted(NAME));
    } catch (ServerException e) {
      log.debug("The control plane does not say whether the key is the channel's", e);
      return Optional.empty();
    }
  }

  /** The hint is the key's beginning. */
  private static boolean isOf(JsonNode channel, String key) {
    String hint = channel.path("keyHint").asString("");
    return hint.endsWith(HINT_END)
        && key.startsWith(hint.substring(0, hint.length() - HINT_END.length()));
  }
}
