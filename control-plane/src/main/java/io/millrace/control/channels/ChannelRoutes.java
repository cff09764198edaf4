package io.millrace.control.channels;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.Problem;
import io.millrace.control.http.ProblemException;
import io.millrace.control.http.RequestAddress;
import io.millrace.control.keys.StreamKey;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.live.LiveChannels;
import io.millrace.control.nodes.Nodes;
import io.millrace.control.token.AddressPrefix;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.tokens.NewToken;
import io.millrace.control.tokens.TokenRoutes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers {@code /api/v1/channels} and {@code /api/v1/public/channels}. */
public final class ChannelRoutes implements HttpService {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_LIMIT = 500;

  /** Hears of what was done to channels. */
  public interface Listener {
    /** The channel is new, or its name, title, settings or key changed. */
    void changed(UUID channel);

    void removed(UUID channel, String name);

    void endRequested(UUID channel);

    void marked(MarkedRange range);
  }

  private final ChannelStore channels;
  private final LiveChannels live;
  private final Nodes nodes;
  private final Listener listener;
  private final TokenRoutes tokens;
  private final String publicHost;
  private final DateRangeBudget ranges = new DateRangeBudget();

  public ChannelRoutes(
      ChannelStore channels,
      LiveChannels live,
      Nodes nodes,
      Listener listener,
      TokenRoutes tokens,
      String publicHost) {
    this.channels = channels;
    this.live = live;
    this.nodes = nodes;
    this.listener = listener;
    this.tokens = tokens;
    this.publicHost = publicHost;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/", this::list)
        .post("/", this::create)
        .get("/{channel}", this::show)
        .patch("/{channel}", this::update)
        .delete("/{channel}", this::delete)
        .post("/{channel}/key", this::rotateKey)
        .post("/{channel}/end", this::end)
        .post("/{channel}/tokens", this::issueToken)
        .post("/{channel}/date-ranges", this::mark);
  }

  /** The routes for anybody. */
  public HttpService publicRoutes() {
    return rules -> rules.get("/{channel}", this::showPublic);
  }

  /** What an event says of channels: those of the ids that still exist. */
  public List<?> views(Collection<UUID> ids, RequestAddress address) {
    return channels.byIds(ids).stream().map(channel -> view(channel, null, address)).toList();
  }

  /** The first channels, for the snapshot that events begin with. */
  public List<?> firstViews(RequestAddress address) {
    return channels.page("", MOST_LIMIT).stream()
        .map(channel -> view(channel, null, address))
        .toList();
  }

  private void list(ServerRequest request, ServerResponse response) {
    int limit = limit(request.query().first("limit").asOptional());
    List<Channel> found = channels.page(after(request), limit + 1);
    boolean more = found.size() > limit;
    List<Channel> shown = more ? found.subList(0, limit) : found;
    RequestAddress address = address(request);
    // The one null that is written: the contract has it on the last page.
    var body = Json.MAPPER.createObjectNode();
    body.set(
        "channels",
        Json.MAPPER.valueToTree(
            shown.stream().map(channel -> view(channel, null, address)).toList()));
    body.put("next", more ? shown.getLast().name() : null);
    Json.send(response, 200, body);
  }

  private void create(ServerRequest request, ServerResponse response) {
    JsonBody body = JsonBody.of(request);
    Optional<String> name = body.string("name");
    if (name.isEmpty()) {
      body.error("name", "missing (expected: %s)".formatted(Channel.NAME_RULE));
    }
    requireName(body, name);
    String title = title(body, "");
    ChannelSettings settings =
        ChannelSettings.read(body.object("settings"), ChannelSettings.DEFAULT);
    TokenPolicy tokens = ChannelTokens.read(body.object("tokens"), TokenPolicy.OPEN);
    body.check();
    StreamKey key = StreamKey.random();
    Channel channel =
        new Channel(
            UUID.randomUUID(), name.orElseThrow(), title, settings, tokens, key.hint(), now());
    Channel created = done(channels.create(channel, key), channel.name());
    listener.changed(created.id());
    response.header(HeaderNames.LOCATION, "/api/v1/channels/" + created.id());
    Json.send(response, 201, view(created, key, address(request)));
  }

  private void show(ServerRequest request, ServerResponse response) {
    Json.send(response, 200, view(find(request), null, address(request)));
  }

  private void update(ServerRequest request, ServerResponse response) {
    JsonBody body = JsonBody.of(request);
    Optional<String> name = body.string("name");
    requireName(body, name);
    String nameOrId = channel(request);
    ChannelStore.Outcome outcome = channels.update(nameOrId, before -> changed(before, body, name));
    if (outcome instanceof ChannelStore.Outcome.NotFound) {
      throw noChannel(nameOrId);
    }
    Channel updated = done(outcome, name.orElse(nameOrId));
    listener.changed(updated.id());
    Json.send(response, 200, view(updated, null, address(request)));
  }

  /** What the body does not name stays as it is; throws a problem where the body is wrong. */
  private static Channel changed(Channel before, JsonBody body, Optional<String> name) {
    String title = title(body, before.title());
    ChannelSettings settings = ChannelSettings.read(body.object("settings"), before.settings());
    TokenPolicy tokens = ChannelTokens.read(body.object("tokens"), before.tokens());
    body.check();
    return new Channel(
        before.id(),
        name.orElse(before.name()),
        title,
        settings,
        tokens,
        before.keyHint(),
        before.createdAt());
  }

  private void delete(ServerRequest request, ServerResponse response) {
    String nameOrId = channel(request);
    Channel removed = done(channels.delete(nameOrId), nameOrId);
    listener.endRequested(removed.id());
    listener.removed(removed.id(), removed.name());
    ranges.forget(removed.id());
    response.status(204).send();
  }

  private void rotateKey(ServerRequest request, ServerResponse response) {
    JsonBody.of(request).check();
    String nameOrId = channel(request);
    StreamKey key = StreamKey.random();
    Channel changed = done(channels.rotateKey(nameOrId, key, now()), nameOrId);
    listener.changed(changed.id());
    Json.send(response, 200, view(changed, key, address(request)));
  }

  private void end(ServerRequest request, ServerResponse response) {
    JsonBody.of(request).check();
    Channel channel = find(request);
    if (!live.of(channel.id()).isOnAir()) {
      throw Problem.nothingOnAir(
          "Nothing is on air on channel \"%s\": there is no broadcast to end"
              .formatted(channel.name()));
    }
    listener.endRequested(channel.id());
    Json.send(response, 202, view(channel, null, address(request)));
  }

  private void issueToken(ServerRequest request, ServerResponse response) {
    JsonBody body = JsonBody.of(request);
    Channel channel = find(request);
    NewToken wanted = NewToken.read(body, channel.tokens());
    TokenClaims claims = wanted.claims(channel.id(), Instant.now());
    String token = tokens.make(claims);
    ChannelView.Watch watch =
        ChannelView.watch(channel, nodes.publicEndpoints(), address(request), "/t/" + token);
    AddressPrefix bound = claims.addresses();
    Json.send(
        response,
        201,
        new TokenRoutes.TokenView(
            token,
            claims.id(),
            channel.id(),
            Instant.ofEpochSecond(claims.times().expiresAtS()),
            claims.session().isEmpty() ? null : claims.session(),
            bound == null ? null : bound.toString(),
            new TokenRoutes.Watch(watch.hls(), watch.dash())));
  }

  private void mark(ServerRequest request, ServerResponse response) {
    Instant now = now();
    NewDateRange range = NewDateRange.read(JsonBody.of(request), now);
    Channel channel = find(request);
    UUID broadcast =
        live.of(channel.id())
            .lead()
            .orElseThrow(
                () ->
                    Problem.nothingOnAir(
                        "Nothing is on air on channel \"%s\": a date range stands in a broadcast, so"
                                .formatted(channel.name())
                            + " publish first"))
            .broadcast();
    MarkedRange marked = range.of(channel.id());
    Duration window = Duration.ofMillis(channel.settings().windowMs());
    if (!ranges.add(marked, broadcast, window, ChronoUnit.NANOS.between(Instant.EPOCH, now))) {
      throw Problem.limitReached(
          ("Channel \"%s\" has %d date ranges already, as many as its playlists list at once: one"
                  + " goes some time after its segments; one without durationSeconds stays until"
                  + " the broadcast ends, so give 0 to what is but a moment")
              .formatted(channel.name(), MarkedRange.MOST_AT_ONCE));
    }
    listener.marked(marked);
    Json.send(response, 202, range.view());
  }

  private void showPublic(ServerRequest request, ServerResponse response) {
    Channel channel = find(request);
    response.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    Json.send(
        response,
        200,
        ChannelView.publicOf(
            channel, live.of(channel.id()), nodes.publicEndpoints(), address(request)));
  }

  private ChannelView view(Channel channel, @Nullable StreamKey key, RequestAddress address) {
    return ChannelView.of(
        channel,
        key == null ? null : key.value(),
        live.of(channel.id()),
        nodes.publicEndpoints(),
        address);
  }

  private Channel find(ServerRequest request) {
    String nameOrId = channel(request);
    return channels.find(nameOrId).orElseThrow(() -> noChannel(nameOrId));
  }

  private static Channel done(ChannelStore.Outcome outcome, String name) {
    return switch (outcome) {
      case ChannelStore.Outcome.Done done -> done.channel();
      case ChannelStore.Outcome.NotFound _ -> throw noChannel(name);
      case ChannelStore.Outcome.NameTaken _ ->
          throw Problem.nameTaken(
              "name: there is a channel \"%s\" already (expected: a name that no other channel has)"
                  .formatted(name));
      case ChannelStore.Outcome.TooMany tooMany ->
          throw Problem.limitReached(
              "There are %d channels already, as many as there may be".formatted(tooMany.most()));
    };
  }

  private static ProblemException noChannel(String nameOrId) {
    return Problem.notFound("There is no channel %s".formatted(JsonBody.shown(nameOrId)));
  }

  private RequestAddress address(ServerRequest request) {
    return RequestAddress.of(request, publicHost);
  }

  private static String channel(ServerRequest request) {
    return request.path().pathParameters().get("channel");
  }

  private static void requireName(JsonBody body, Optional<String> name) {
    name.filter(value -> !Channel.isName(value))
        .ifPresent(
            value ->
                body.error(
                    "name",
                    "%s (expected: %s)".formatted(JsonBody.shown(value), Channel.NAME_RULE)));
  }

  private static String title(JsonBody body, String before) {
    String title = body.string("title").orElse(before).strip();
    if (title.length() > Channel.MOST_TITLE
        || title.codePoints().anyMatch(c -> Character.isISOControl(c) || isHalfACharacter(c))) {
      body.error(
          "title",
          "%s (expected: at most %d characters on one line)"
              .formatted(JsonBody.shown(title), Channel.MOST_TITLE));
    }
    return title;
  }

  /** JSON can write one (RFC 8259 8.2), and the database cannot keep it. */
  private static boolean isHalfACharacter(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static String after(ServerRequest request) {
    String after = request.query().first("after").asOptional().orElse("");
    if (!Channel.isPartOfName(after)) {
      throw Problem.invalid(
          "after", "%s (expected: the next of the page before)".formatted(JsonBody.shown(after)));
    }
    return after;
  }

  private static int limit(Optional<String> text) {
    if (text.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text.get());
      if (limit >= 1 && limit <= MOST_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw wrongLimit(text.get());
    }
    throw wrongLimit(text.get());
  }

  private static ProblemException wrongLimit(String text) {
    return Problem.invalid(
        "limit", "%s (expected: 1 to %d)".formatted(JsonBody.shown(text), MOST_LIMIT));
  }

  /** As exact as Postgres keeps it. */
  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
