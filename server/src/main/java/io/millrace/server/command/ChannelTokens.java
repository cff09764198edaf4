package io.millrace.server.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has viewers need tokens, makes them and revokes them. */
final class ChannelTokens {
  private ChannelTokens() {}

  /** What is wanted of viewers, in a few words. */
  static String needs(JsonNode tokens) {
    if (!tokens.path("required").asBoolean(false)) {
      return "nothing: whoever asks may watch";
    }
    List<String> bindings = new ArrayList<>();
    tokens.path("bindings").forEach(each -> bindings.add(each.asString("")));
    return bindings.isEmpty() ? "a token" : "a token bound to " + String.join(" and ", bindings);
  }

  @Command(
      name = "guard",
      description = "Have a channel's viewers need a token; with --open, whoever asks may watch.")
  static final class Guard extends ChannelCommand.OnOne {
    @Option(names = "--open", description = "Whoever asks may watch.")
    private boolean open;

    @Option(
        names = "--bind",
        split = ",",
        paramLabel = "BINDING",
        description = "What each token must be bound to: address, session, or both (neither).")
    private List<String> bindings = List.of();

    @Option(
        names = "--longest-session",
        paramLabel = "TIME",
        converter = Seconds.class,
        description =
            "How long one who has begun to watch goes on after the token's expiry (as it was;"
                + " 12h).")
    private @Nullable Integer longestSessionSeconds;

    @Override
    public Integer call() {
      Map<String, Object> tokens = new LinkedHashMap<>();
      tokens.put("required", !open);
      tokens.put("bindings", bindings);
      if (longestSessionSeconds != null) {
        tokens.put("longestSessionSeconds", longestSessionSeconds);
      }
      JsonNode channel = api().patch(ChannelCommand.path(name), Map.of("tokens", tokens));
      output.print(
          channel,
          out -> out.printf("Viewers of %s need %s.%n", name, needs(channel.path("tokens"))));
      return 0;
    }
  }

  @Command(
      name = "token",
      description = "Make a viewer's token for a channel; it is shown now and kept nowhere.")
  static final class Issue extends ChannelCommand.OnOne {
    @Option(
        names = "--expires",
        paramLabel = "TIME",
        converter = Seconds.class,
        description = "Until then one can begin to watch with it (1h).")
    private @Nullable Integer expiresInSeconds;

    @Option(
        names = "--session",
        paramLabel = "NAME",
        description = "Names the session, to revoke all its tokens by (none).")
    private @Nullable String session;

    @Option(
        names = "--address",
        paramLabel = "NETWORK",
        description = "Where the viewer must be, such as 203.0.113.0/24 (anywhere).")
    private @Nullable String address;

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      put(body, "expiresInSeconds", expiresInSeconds);
      put(body, "session", session);
      put(body, "address", address);
      JsonNode token = api().post(ChannelCommand.path(name) + "/tokens", body);
      output.print(
          token,
          out -> {
            ChannelCommand.line(out, "token", token.path("token").asString(""));
            ChannelCommand.line(out, "id", token.path("id").asString(""));
            ChannelCommand.line(out, "expires", token.path("expiresAt").asString(""));
            ChannelCommand.line(out, "HLS", token.path("watch").path("hls").asString(""));
            ChannelCommand.line(out, "DASH", token.path("watch").path("dash").asString(""));
          });
      return 0;
    }
  }

  private static void put(Map<String, Object> to, String key, @Nullable Object value) {
    if (value != null) {
      to.put(key, value);
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke a viewer's token, or all of a session, at every edge.")
  static final class Revoke extends ChannelCommand.AtControlPlane {
    @ArgGroup(multiplicity = "1")
    private What what = new What();

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = Seconds.class,
        description = "How long: as long as a token of it can be good (60 days).")
    private @Nullable Integer forSeconds;

    static final class What {
      @Option(names = "--token", paramLabel = "ID", description = "The token's id.")
      private @Nullable String id;

      @Option(names = "--session", paramLabel = "NAME", description = "The session's name.")
      private @Nullable String session;
    }

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      put(body, "id", what.id);
      put(body, "session", what.session);
      put(body, "forSeconds", forSeconds);
      JsonNode revoked = api().post("token-revocations", body);
      output.print(
          revoked, out -> out.printf("Revoked, until %s.%n", revoked.path("until").asString("")));
      return 0;
    }
  }

  @Command(
      name = "token-key",
      description =
          "Make a new key for viewers' tokens; it is shown now and never again. The key before it"
              + " is good still, what older ones signed is refused.")
  static final class NewKey extends ChannelCommand.AtControlPlane {
    @Override
    public Integer call() {
      JsonNode key = api().post("token-keys", null);
      output.print(key, out -> ChannelCommand.line(out, "key", key.path("key").asString("")));
      return 0;
    }
  }
}
