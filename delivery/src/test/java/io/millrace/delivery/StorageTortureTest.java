package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.index.PartKey;
import io.millrace.window.PublishedStream;
import io.millrace.window.store.PartStoreConfig;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Slow readers hold what they have asked for while segments come and go behind them: each byte that
 * they get at last is one that was published, and nothing is left of what they held.
 *
 * <p>{@code -Dmillrace.torture.segments=N} makes it longer.
 */
class StorageTortureTest {
  private static final int SEGMENTS = Integer.getInteger("millrace.torture.segments", 2_000);
  private static final int READERS = 12;
  private static final int PART_BYTES = 30_000;

  /** Published, and not yet out of the window. */
  private record Published(String path, Bytes sha256, int length) {}

  private final ConcurrentLinkedDeque<Published> newest = new ConcurrentLinkedDeque<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong heldWhile = new AtomicLong();

  // Guarded by this.
  private long published;
  private boolean over;

  @Test
  void whatSlowReadersGetIsWhatWasPublished() throws Exception {
    torture(PartStoreConfig.defaults(), 1); // so that all is loaded that will be
    long files = files("");
    long mappings = mappings();

    torture(PartStoreConfig.defaults(), SEGMENTS);

    assertThat(answers.get()).isGreaterThan(SEGMENTS / 10);
    assertThat(heldWhile.get()).as("readers held sockets meanwhile").isGreaterThan(SEGMENTS / 10);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(files("millrace-parts")).isZero();
              assertThat(files("")).isLessThanOrEqualTo(files + 4);
              assertThat(mappings()).isEqualTo(mappings);
            });
  }

  private void torture(PartStoreConfig store, int count) throws Exception {
    over(false);
    ExecutorService threads = Executors.newFixedThreadPool(READERS);
    DeliveryConfig.Builder config = DeliveryConfig.builder().eventLoops(2).maxHeldBytes(64L << 20);
    try (Served served = new Served(config, 6, store)) {
      served.stream.partBytes(PART_BYTES, 600);
      served.onAir(0, 0);
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        int seed = i;
        readers.add(threads.submit(() -> read(served, new Random(seed))));
      }
      for (int segment = 0; segment < count; segment++) {
        publish(served, segment);
      }
      over(true);
      for (Future<?> reader : readers) {
        reader.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
      newest.clear();
    }
  }

  private void publish(Served served, int segment) throws Exception {
    MessageDigest whole = MessageDigest.getInstance("SHA-256");
    List<FeedMessage> messages = served.stream.segments(1);
    List<Published> made = new ArrayList<>();
    int length = 0;
    for (FeedMessage message : messages) {
      if (message instanceof FeedMessage.Part part && part.key().rendition() == 1) {
        PartKey key = part.key();
        Bytes data = part.data();
        data.digestBy(whole);
        length += data.length();
        String name = key.msn() + "." + key.part() + ".m4s";
        made.add(
            new Published(served.path("v1", name), PublishedStream.sha256(data), data.length()));
      }
    }
    made.add(
        new Published(served.path("v1", segment + ".m4s"), Bytes.wrap(whole.digest()), length));
    served.windows.nowNs += 1_000_000_000L;
    served.feed(messages);
    newest.addAll(made);
    while (newest.size() > 12) {
      newest.poll();
    }
    oneMore();
  }

  private synchronized void oneMore() {
    published++;
    notifyAll();
  }

  private synchronized void over(boolean now) {
    over = now;
    notifyAll();
  }

  private synchronized boolean isOver() {
    return over;
  }

  /** Lets so many segments go by, or all that come; returns how many did. */
  private synchronized long letGoBy(int count) throws InterruptedException {
    long before = published;
    while (!over && published < before + count) {
      wait();
    }
    return published - before;
  }

  /** Asks for much, lets segments go by, and reads at last. */
  private void read(Served served, Random random) {
    await().until(() -> !newest.isEmpty() || isOver());
    while (!isOver()) {
      List<Published> wanted = new ArrayList<>(newest);
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(8 << 10);
        socket.setSoTimeout(30_000);
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), served.server.port()));
        StringBuilder requests = new StringBuilder();
        List<Published> asked = new ArrayList<>();
        int count = 1 + random.nextInt(24);
        for (int i = 0; i < count; i++) {
          Published each = wanted.get(random.nextInt(wanted.size()));
          asked.add(each);
          requests.append("GET ").append(each.path()).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
        heldWhile.addAndGet(letGoBy(5 + random.nextInt(60)));
        InputStream in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
        for (Published each : asked) {
          check(in, each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void check(InputStream in, Published expected) throws IOException {
    String head = head(in);
    int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
    byte[] body = in.readNBytes(length);
    if (head.startsWith("HTTP/1.1 404")) {
      return; // its turn came when it had left the window
    }
    assertThat(head).startsWith("HTTP/1.1 200 ");
    assertThat(length).isEqualTo(expected.length());
    assertThat(PublishedStream.sha256(Bytes.wrap(body)))
        .as(expected.path())
        .isEqualTo(expected.sha256());
    answers.incrementAndGet();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Open files whose name has {@code part} in it. */
  private static long files(String part) throws IOException {
    long count = 0;
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : open.toList()) {
        try {
          count += Files.readSymbolicLink(each).toString().contains(part) ? 1 : 0;
        } catch (NoSuchFileException _) { // it was that of the list
        }
      }
    }
    return count;
  }

  /** Memory files that are mapped. */
  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("millrace-parts")).count();
    }
  }
}
