package io.millrace.control.nodes;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.Problem;
import io.millrace.control.link.Role;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Answers {@code /api/v1/nodes} and {@code /api/v1/node-tokens}. */
public final class NodeRoutes implements HttpService {
  private static final int DEFAULT_TTL_S = 3_600;
  private static final int LEAST_TTL_S = 60;
  private static final int MOST_TTL_S = 7 * 24 * 3_600;

  private final Nodes nodes;

  public NodeRoutes(Nodes nodes) {
    this.nodes = nodes;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/", this::list).delete("/{node}", this::remove);
  }

  public HttpService tokenRoutes() {
    return rules -> rules.post("/", this::createToken);
  }

  private void list(ServerRequest request, ServerResponse response) {
    Json.send(response, 200, Map.of("nodes", nodes.views()));
  }

  private void remove(ServerRequest request, ServerResponse response) {
    String node = request.path().pathParameters().get("node");
    switch (nodes.remove(node)) {
      case REMOVED -> response.status(204).send();
      case NOT_FOUND ->
          throw Problem.notFound("There is no node %s".formatted(JsonBody.shown(node)));
      case CONNECTED ->
          throw Problem.conflict(
              "Node \"%s\" is connected (expected: one that is gone)".formatted(node));
    }
  }

  private void createToken(ServerRequest request, ServerResponse response) {
    JsonBody body = JsonBody.of(request);
    Set<Role> roles = roles(body, body.strings("roles"));
    int ttlSeconds = body.integer("ttlSeconds").orElse(DEFAULT_TTL_S);
    if (ttlSeconds < LEAST_TTL_S || ttlSeconds > MOST_TTL_S) {
      body.error(
          "ttlSeconds", "%d (expected: %d to %d)".formatted(ttlSeconds, LEAST_TTL_S, MOST_TTL_S));
    }
    body.check();
    Json.send(response, 201, nodes.issueToken(roles, Duration.ofSeconds(ttlSeconds)));
  }

  private static Set<Role> roles(JsonBody body, Optional<List<String>> names) {
    if (names.isEmpty()) {
      return Nodes.JOINABLE;
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names.get()) {
      Nodes.JOINABLE.stream()
          .filter(role -> NodeView.name(role).equals(name.toLowerCase(Locale.ROOT)))
          .forEach(roles::add);
    }
    if (roles.isEmpty() || roles.size() != Set.copyOf(names.get()).size()) {
      body.error(
          "roles",
          "%s (expected: one or more of %s)"
              .formatted(
                  JsonBody.shown(names.get()),
                  Nodes.JOINABLE.stream().map(NodeView::name).collect(Collectors.joining(", "))));
    }
    return roles;
  }
}
