package io.millrace.control.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Remembers which methods a service's paths have, so that any other is answered 405 there and told
 * those (RFC 9110 15.5.6), and not 404.
 */
public final class KnownPaths implements HttpRules {
  private final HttpRules rules;
  private final Map<String, SequencedSet<String>> methods = new LinkedHashMap<>();

  private KnownPaths(HttpRules rules) {
    this.rules = rules;
  }

  /** The service, with an answer to every method at its paths. */
  public static HttpService of(HttpService service) {
    return rules -> {
      KnownPaths known = new KnownPaths(rules);
      service.routing(known);
      known.methods.forEach(
          (path, allowed) ->
              rules.any(path, (request, response) -> refuse(request, response, allowed)));
    };
  }

  static void refuse(ServerRequest request, ServerResponse response, Iterable<String> allowed) {
    String allow = String.join(", ", allowed);
    response.header(HeaderNames.ALLOW, allow);
    throw Problem.methodNotAllowed(
        "%s %s: there is no such method here (expected: %s)"
            .formatted(
                request.prologue().method().text(),
                JsonBody.shown(request.path().absolute().path()),
                allow));
  }

  @Override
  public HttpRules route(Method method, String path, Handler handler) {
    methods.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(method.text());
    rules.route(method, path, handler);
    return this;
  }

  @Override
  public HttpRules route(HttpRoute route) {
    rules.route(route);
    return this;
  }

  @Override
  public HttpRules register(HttpService... services) {
    rules.register(services);
    return this;
  }

  @Override
  public HttpRules register(String path, HttpService... services) {
    rules.register(path, services);
    return this;
  }
}
