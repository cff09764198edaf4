package io.millrace.server.data;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells the addresses that a process listens on.
 *
 * @param pid the process
 * @param version of the program
 * @param roles in lower case
 * @param addresses by the name of their settings without {@code .port}: rtmp, edge.http, control,
 *     control.grpc, fabric, metrics
 */
public record Endpoints(
    long pid, String version, List<String> roles, Map<String, Endpoint> addresses) {
  public static final String FILE = "endpoints.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * One address.
   *
   * @param host as a client on this machine writes it
   * @param port the port in use
   * @param url what a client connects to, where the protocol has one; otherwise HOST:PORT
   */
  public record Endpoint(String host, int port, String url) {}

  public Endpoints {
    roles = List.copyOf(roles);
    addresses = new TreeMap<>(addresses);
  }

  public Optional<Endpoint> address(String name) {
    return Optional.ofNullable(addresses.get(name));
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /** Reads the file in a data directory; empty where no process uses it. */
  public static Optional<Endpoints> read(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Endpoints endpoints = JSON.readValue(Files.readString(file), Endpoints.class);
      return ProcessHandle.of(endpoints.pid()).map(ProcessHandle::isAlive).orElse(false)
          ? Optional.of(endpoints)
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      throw new ServerException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
