package io.millrace.server.node;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says where the control plane of a node is and what the node joins it with.
 *
 * @param host of the control plane
 * @param port that nodes reach it at
 * @param token null where the node has none: one that joined before needs none
 */
public record Joining(String host, int port, @Nullable String token) {
  /**
   * Finds the control plane in the settings, or in the data directory around the node's own: the
   * nodes of one machine need nothing else.
   */
  static Joining find(Settings settings, DataDirectory data, Set<Role> roles) {
    String url = settings.get(Catalog.CONTROL_URL);
    String token = settings.get(Catalog.NODE_TOKEN);
    Path around = around(data.path());
    Optional<Endpoints> neighbour = url.isEmpty() ? Endpoints.read(around) : Optional.empty();
    if (neighbour.isPresent() && neighbour.get().address("control.grpc").isPresent()) {
      Endpoints.Endpoint grpc = neighbour.get().address("control.grpc").get();
      return new Joining(
          grpc.host(),
          grpc.port(),
          token.isEmpty() ? tokenOf(neighbour.get(), around, roles) : token);
    }
    if (url.isEmpty()) {
      throw new ServerException(
          "a node needs its control plane: --set control.url=http://HOST:PORT (and once node.token,"
              + " from ./millrace node token), or a data directory inside that of a running"
              + " ./millrace up");
    }
    return new Joining(
        host(url), settings.get(Catalog.CONTROL_GRPC_PORT), token.isEmpty() ? null : token);
  }

  /** Whether a node without the control plane in itself would find one. */
  public static boolean isKnown(Settings settings, Path data) {
    return !settings.get(Catalog.CONTROL_URL).isEmpty()
        || Endpoints.read(around(data)).flatMap(found -> found.address("control.grpc")).isPresent();
  }

  private static Path around(Path data) {
    return data.toAbsolutePath().resolveSibling(".").normalize();
  }

  private static String host(String url) {
    try {
      String host = URI.create(url).getHost();
      if (host != null) {
        return host;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(url);
    }
    throw wrong(url);
  }

  private static ServerException wrong(String url) {
    return new ServerException("control.url: \"%s\" (expected: http://HOST:PORT)".formatted(url));
  }

  private static @Nullable String tokenOf(Endpoints neighbour, Path around, Set<Role> roles) {
    Optional<String> admin = DataDirectory.readSecret(around.resolve(DataDirectory.ADMIN_TOKEN));
    Optional<Endpoints.Endpoint> control = neighbour.address("control");
    if (admin.isEmpty() || control.isEmpty()) {
      return null;
    }
    return new ApiClient(control.get().url(), admin.get())
        .post(
            "node-tokens",
            Map.of("roles", roles.stream().map(r -> r.name().toLowerCase(Locale.ROOT)).toList()))
        .path("token")
        .asString("");
  }
}
