package io.millrace.server.node;

import io.millrace.server.data.Endpoints;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps where the process listens, as a client on this machine writes it. Any thread. */
final class Listening {
  private final Map<String, Endpoints.Endpoint> addresses = new LinkedHashMap<>();

  /**
   * Adds an address.
   *
   * @param boundTo the host as it stands in the settings
   * @param url its form, with a place for the host and one for the port
   */
  synchronized void at(String name, String boundTo, int port, String url) {
    String host = localHost(boundTo);
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    addresses.put(name, new Endpoints.Endpoint(host, port, url.formatted(bracketed, port)));
  }

  synchronized Map<String, Endpoints.Endpoint> addresses() {
    return new LinkedHashMap<>(addresses);
  }

  private static String localHost(String host) {
    return switch (host) {
      case "*", "0.0.0.0", "::", "127.0.0.1" -> "localhost";
      default -> host;
    };
  }
}
