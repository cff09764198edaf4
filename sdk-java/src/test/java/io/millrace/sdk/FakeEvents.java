package io.millrace.sdk;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Streams of events that a test writes, one for each connection: what follows {@link #end} or
 * {@link #next} is for the connection after.
 */
final class FakeEvents implements FakeApi.Answer {
  private static final String END = "end";

  private final List<BlockingQueue<String>> streams = new ArrayList<>();
  private int written;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  @Override
  public void to(HttpExchange exchange) throws IOException, InterruptedException {
    BlockingQueue<String> texts = stream(connections.getAndIncrement());
    open.incrementAndGet();
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      out.flush();
      while (true) {
        String text = texts.poll(100, TimeUnit.MILLISECONDS);
        if (END.equals(text)) {
          return;
        }
        // The comment is how a client that is gone is noticed.
        out.write((text == null ? ": nothing new\n\n" : text).getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } finally {
      open.decrementAndGet();
    }
  }

  FakeEvents send(String event, String data) {
    return raw("event: %s\ndata: %s\n\n".formatted(event, data));
  }

  FakeEvents snapshot(String... channels) {
    return send(
        "snapshot", "{\"channels\":[%s],\"nodes\":[]}".formatted(String.join(",", channels)));
  }

  FakeEvents raw(String text) {
    stream(written).add(text);
    return this;
  }

  FakeEvents end() {
    return raw(END).next();
  }

  FakeEvents next() {
    written++;
    return this;
  }

  private synchronized BlockingQueue<String> stream(int number) {
    while (streams.size() <= number) {
      streams.add(new LinkedBlockingQueue<>());
    }
    return streams.get(number);
  }

  int connections() {
    return connections.get();
  }

  /** How many clients are connected, as far as it was noticed. */
  int open() {
    return open.get();
  }
}
