package io.millrace.server.data;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells the addresses that a process listens on.
 *
 * @param pid the process
 * @param startTicks {@link ProcessStat#startTicks} of that process, for another may come by the
 *     same pid; null where it is not known
 * @param version of the program
 * @param roles in lower case
 * @param addresses by the name of their settings without {@code .port}: rtmp, edge.http, control,
 *     control.grpc, fabric, metrics
 */
public record Endpoints(
    long pid,
    @Nullable Long startTicks,
    String version,
    List<String> roles,
    Map<String, Endpoint> addresses) {
  public static final String FILE = "endpoints.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final String NOT_OURS = "it does not hold what a start writes there";

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

  /** The addresses of this process. */
  public static Endpoints ofThisProcess(
      String version, List<String> roles, Map<String, Endpoint> addresses) {
    long pid = ProcessHandle.current().pid();
    Long startTicks = ProcessStat.of(pid).map(ProcessStat::startTicks).orElse(null);
    return new Endpoints(pid, startTicks, version, roles, addresses);
  }

  public Optional<Endpoint> address(String name) {
    return Optional.ofNullable(addresses.get(name));
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /**
   * Reads the file in a data directory; empty where no process uses it.
   *
   * @throws ServerException where it cannot be read
   */
  public static Optional<Endpoints> read(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Endpoints endpoints = JSON.readValue(Files.readString(file), Endpoints.class);
      if (endpoints == null) { // the file says null
        throw unreadable(file, NOT_OURS, null);
      }
      return ProcessHandle.of(endpoints.pid()).filter(endpoints::isOf).map(_ -> endpoints);
    } catch (StreamReadException e) { // its own words tell of readers and sources
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw unreadable(file, "it is not JSON in line %d".formatted(line), e);
    } catch (JacksonException e) { // what it says names our classes
      throw unreadable(file, NOT_OURS, e);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static ServerException unreadable(Path file, String why, @Nullable Exception cause) {
    String message = "%s cannot be read: %s".formatted(file, why);
    return cause == null ? new ServerException(message) : new ServerException(message, cause);
  }

  private boolean isOf(ProcessHandle process) {
    return Children.isRunning(process)
        && (startTicks == null
            || ProcessStat.of(process.pid())
                .map(now -> now.startTicks() == startTicks)
                .orElse(true));
  }
}
