package io.millrace.control.live;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.access.AccessFilter;
import io.millrace.control.http.Json;
import io.millrace.control.http.Problem;
import io.millrace.control.http.RequestAddress;
import io.millrace.control.http.RequestDeadlines;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /api/v1/events} with Server-Sent Events: a snapshot, then what changes. Each
 * stream has its request's virtual thread, which reads how things are when it writes. It ends with
 * the session that it was opened by.
 */
public final class EventRoutes implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(EventRoutes.class);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(500);
  private static final Duration COMMENT_EVERY = Duration.ofSeconds(10);

  /** Shows things as the API does. Blocking. */
  public interface Views {
    List<?> firstChannels(RequestAddress address);

    List<?> channels(Collection<UUID> ids, RequestAddress address);

    List<?> nodes();

    Optional<?> node(String id);
  }

  private final Events events;
  private final AccessFilter access;
  private final Views views;
  private final String publicHost;

  public EventRoutes(Events events, AccessFilter access, Views views, String publicHost) {
    this.events = events;
    this.access = access;
    this.views = views;
    this.publicHost = publicHost;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/", this::stream);
  }

  private void stream(ServerRequest request, ServerResponse response) {
    RequestAddress address = RequestAddress.of(request, publicHost);
    EventQueue queue =
        events
            .open()
            .orElseThrow(
                () ->
                    Problem.tooMany(
                        "As many consoles are open as there may be: close one, or try later"));
    try (AccessFilter.Stay stay = access.stay(request, queue::close)) {
      // Read before the status is sent, so that a failure is still a problem document.
      String snapshot =
          "retry: 1000\n"
              + event(
                  "snapshot",
                  Map.of("channels", views.firstChannels(address), "nodes", views.nodes()));
      response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
      response.header(HeaderNames.CACHE_CONTROL, "no-store");
      response.header(HeaderNames.create("X-Accel-Buffering"), "no");
      try (OutputStream out = RequestDeadlines.endless(request, response.outputStream())) {
        write(out, snapshot);
        follow(queue, out, address, stay.expiresAt());
      }
    } catch (IOException | UncheckedIOException e) {
      log.debug("A console closed its events: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      events.remove(queue);
    }
  }

  private void follow(
      EventQueue queue, OutputStream out, RequestAddress address, Optional<Instant> expiresAt)
      throws IOException, InterruptedException {
    while (true) {
      EventQueue.Batch batch = queue.take(atMost(COMMENT_EVERY, expiresAt));
      if (batch.closed() || expiresAt.filter(end -> !Instant.now().isBefore(end)).isPresent()) {
        return;
      }
      write(out, batch.isEmpty() ? ": nothing new\n\n" : text(batch, address));
      if (!batch.isEmpty()) {
        queue.pause(BETWEEN_BATCHES);
      }
    }
  }

  private static Duration atMost(Duration usual, Optional<Instant> end) {
    return end.map(instant -> Duration.between(Instant.now(), instant))
        .filter(left -> left.compareTo(usual) < 0)
        .orElse(usual);
  }

  private String text(EventQueue.Batch batch, RequestAddress address) {
    StringBuilder text = new StringBuilder();
    batch.removed().forEach((id, name) -> text.append(event("removed", new Removed(id, name))));
    if (!batch.channels().isEmpty()) {
      views
          .channels(batch.channels(), address)
          .forEach(channel -> text.append(event("channel", channel)));
    }
    for (String node : batch.nodes()) {
      Optional<?> view = views.node(node);
      text.append(
          view.isPresent() ? event("node", view.get()) : event("node-removed", Map.of("id", node)));
    }
    return text.toString();
  }

  private record Removed(UUID id, String name) {}

  private static String event(String name, Object data) {
    return "event: %s\ndata: %s\n\n".formatted(name, Json.MAPPER.writeValueAsString(data));
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
