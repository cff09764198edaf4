package io.millrace.bench.command;

import io.millrace.bench.hls.CmafPart;
import io.millrace.bench.hls.RenditionReader;
import io.millrace.bench.publish.Clip;
import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads every part of a channel's renditions at the edge and compares the samples with the clip's:
 * each must follow the one before it. A virtual thread for each rendition.
 */
final class ChannelReader implements AutoCloseable {
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(30);
  private static final int FLV_VIDEO_HEADER = 5;
  private static final int FLV_AUDIO_HEADER = 2;

  private final AtomicLong parts = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private volatile String failure = "";
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  private ChannelReader() {}

  static ChannelReader start(URI edge, String channel, Clip clip) {
    ChannelReader reader = new ChannelReader();
    for (RenditionReader.Kind kind : RenditionReader.Kind.values()) {
      Order order = new Order(clip, kind == RenditionReader.Kind.VIDEO);
      reader.threads.add(
          Thread.ofVirtual()
              .name("reader-" + channel + "-" + kind)
              .start(() -> reader.run(edge, channel, kind, order)));
    }
    return reader;
  }

  private void run(URI edge, String channel, RenditionReader.Kind kind, Order order) {
    try (RenditionReader rendition = RenditionReader.open(edge, channel, kind, WATCHABLE_WITHIN)) {
      while (!closing) {
        for (Bytes sample : CmafPart.samples(rendition.next().answer().body())) {
          lost.addAndGet(order.missingBefore(sample));
        }
        parts.incrementAndGet();
      }
    } catch (IOException | TimeoutException | RuntimeException e) { // the top of the thread
      if (!closing) {
        failure = channel + " " + kind + ": " + e.getMessage();
      }
    }
  }

  /** Parts read so far, both renditions. */
  long parts() {
    return parts.get();
  }

  /** Samples of the clip that should have stood between two that were read. */
  long lostSamples() {
    return lost.get();
  }

  Optional<String> failure() {
    return Optional.of(failure).filter(text -> !text.isEmpty());
  }

  @Override
  public void close() {
    closing = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Knows the order of the clip's samples of one track. */
  private static final class Order {
    private final Map<Bytes, Integer> places = new HashMap<>();
    private final int count;
    private int expected = -1;

    Order(Clip clip, boolean video) {
      int place = 0;
      for (FlvTag tag : clip.frames()) {
        if (Clip.isVideo(tag) == video) {
          places.put(tag.body().slice(video ? FLV_VIDEO_HEADER : FLV_AUDIO_HEADER), place++);
        }
      }
      count = place;
    }

    int missingBefore(Bytes sample) {
      Integer place = places.get(sample);
      if (place == null) {
        throw new IllegalStateException("a sample that was not sent");
      }
      int missing = expected < 0 ? 0 : Math.floorMod(place - expected, count);
      expected = (place + 1) % count;
      return missing;
    }
  }
}
