package io.millrace.control;

import io.millrace.control.database.DatabaseConfig;
import io.millrace.control.http.ApiLimits;
import io.millrace.control.link.ControlLinkServerConfig;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Configures the control plane.
 *
 * @param host the address that API and pages listen on ({@code control.host})
 * @param port 0 for any free one ({@code control.port})
 * @param link the nodes' side ({@code control.grpc.…})
 * @param adminTokenFile the administrator's token; made where it does not exist
 * @param database our own Postgres or another
 * @param publicHost what published addresses name; empty for the host that was asked ({@code
 *     public.host})
 * @param mostDatabaseConnections how many requests may work on the database at once
 * @param mostChannels how many channels there may be
 * @param mostReports how many reports of nodes are kept
 * @param mostConsoles how many event streams may be open
 * @param api what clients of the API may cost
 */
public record ControlPlaneConfig(
    String host,
    int port,
    ControlLinkServerConfig link,
    Path adminTokenFile,
    DatabaseConfig database,
    String publicHost,
    int mostDatabaseConnections,
    int mostChannels,
    int mostReports,
    int mostConsoles,
    ApiLimits api) {
  public ControlPlaneConfig {
    Objects.requireNonNull(link, "link");
    Objects.requireNonNull(adminTokenFile, "adminTokenFile");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(publicHost, "publicHost");
    Objects.requireNonNull(api, "api");
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "control.port: %s:%d (expected: a host and a port from 0 to 65535)"
              .formatted(host, port));
    }
    if (mostDatabaseConnections < 2 || mostDatabaseConnections > 32) {
      // Flyway needs two: one holds its lock.
      throw new IllegalArgumentException(
          "mostDatabaseConnections: %d (expected: 2 to 32)".formatted(mostDatabaseConnections));
    }
    requirePositive("mostChannels", mostChannels, 100_000);
    requirePositive("mostReports", mostReports, 10_000_000);
    requirePositive("mostConsoles", mostConsoles, 10_000);
  }

  /** On loopback and the usual ports, with a Postgres of our own, all state in a directory. */
  public static ControlPlaneConfig defaults(Path dataDirectory) {
    return new ControlPlaneConfig(
        "127.0.0.1",
        8090,
        ControlLinkServerConfig.of("127.0.0.1", 8091, ""),
        dataDirectory.resolve("admin-token"),
        DatabaseConfig.Embedded.in(dataDirectory.resolve("postgres")),
        /* publicHost= */ "",
        /* mostDatabaseConnections= */ 8,
        /* mostChannels= */ 10_000,
        /* mostReports= */ 200_000,
        /* mostConsoles= */ 64,
        ApiLimits.defaults());
  }

  /** The same on other ports; 0 for any free one. */
  public ControlPlaneConfig withPorts(int newPort, int newGrpcPort) {
    return new ControlPlaneConfig(
        host,
        newPort,
        link.withPort(newGrpcPort),
        adminTokenFile,
        database,
        publicHost,
        mostDatabaseConnections,
        mostChannels,
        mostReports,
        mostConsoles,
        api);
  }

  public ControlPlaneConfig withDatabase(DatabaseConfig newDatabase) {
    return new ControlPlaneConfig(
        host,
        port,
        link,
        adminTokenFile,
        newDatabase,
        publicHost,
        mostDatabaseConnections,
        mostChannels,
        mostReports,
        mostConsoles,
        api);
  }

  private static void requirePositive(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s: %d (expected: 1 to %d)".formatted(name, value, most));
    }
  }
}
