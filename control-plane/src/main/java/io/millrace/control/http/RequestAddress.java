package io.millrace.control.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells by which address we were reached, so that the addresses we give out work for whoever asked.
 *
 * @param scheme http, or https where a proxy in front says so
 * @param authority host and port as in the request's Host
 * @param host the host alone, in brackets where it is an IPv6 address
 */
public record RequestAddress(String scheme, String authority, String host) {
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

  /**
   * Reads it from the request.
   *
   * @param publicHost what to say instead of the request's host; empty where the request decides
   */
  public static RequestAddress of(ServerRequest request, String publicHost) {
    String asked = request.headers().first(HeaderNames.HOST).orElse(request.authority());
    Matcher matcher = AUTHORITY.matcher(asked);
    if (!matcher.matches()) {
      throw Problem.badRequest("host: (expected: a host, and a port where it is not 80)");
    }
    String scheme =
        request
            .headers()
            .first(HeaderNames.X_FORWARDED_PROTO)
            .filter("https"::equals)
            .orElse("http");
    String host = publicHost.isEmpty() ? matcher.group(1) : publicHost;
    String port = matcher.group(2) == null ? "" : matcher.group(2);
    return new RequestAddress(scheme, host + port, host);
  }
}
