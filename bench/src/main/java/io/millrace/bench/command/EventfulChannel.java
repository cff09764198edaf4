package io.millrace.bench.command;

import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.ChangingLoop;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.bench.publish.CuttableProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A channel whose publisher, behind a proxy, does what publishers do to their channels. Confined to
 * one thread, which may block.
 */
final class EventfulChannel implements AutoCloseable {
  private final CuttableProxy proxy;
  private final String key;
  private final Clip clip;
  private final Clip small;
  private ChangingLoop loop;
  private Broadcast broadcast;

  private EventfulChannel(CuttableProxy proxy, String key, Clip clip, Clip small)
      throws IOException {
    this.proxy = proxy;
    this.key = key;
    this.clip = clip;
    this.small = small;
    this.loop = new ChangingLoop(clip);
    this.broadcast = Broadcast.start(proxy.host(), proxy.port(), key, loop);
  }

  /** Creates the channel and begins to publish; encodes the clips below {@code directory}. */
  static EventfulChannel start(Deployment deployment, String name, Path directory)
      throws IOException, InterruptedException {
    Clip clip = ClipMaker.make(directory);
    Clip small = ClipMaker.makeSmall(directory);
    String key = deployment.createChannel(name).key();
    CuttableProxy proxy = CuttableProxy.start(deployment.rtmp());
    try {
      return new EventfulChannel(proxy, key, clip, small);
    } catch (IOException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  /** The publisher is torn off, and comes back after a while with its times from zero. */
  void reconnect(Duration away) throws IOException, InterruptedException {
    broadcast.check();
    broadcast.abort();
    TimeUnit.NANOSECONDS.sleep(away.toNanos());
    loop = new ChangingLoop(clip);
    broadcast = Broadcast.start(proxy.host(), proxy.port(), key, loop);
  }

  /** From the next keyframe on 640x360, with other parameter sets. */
  void shrink() throws IOException {
    broadcast.check();
    loop.show(small);
  }

  /** From the next keyframe on no picture, for a while. */
  void soundAlone(Duration length) throws IOException, InterruptedException {
    broadcast.check();
    loop.showNothing();
    TimeUnit.NANOSECONDS.sleep(length.toNanos());
    loop.show(small);
  }

  /** Nothing passes between publisher and ingest for a while, and then what was kept. */
  void cut(Duration length) throws IOException, InterruptedException {
    broadcast.check();
    proxy.cut(length);
    TimeUnit.NANOSECONDS.sleep(length.toNanos());
  }

  /** Throws where the publisher has ended against its will. */
  void check() throws IOException {
    broadcast.check();
  }

  @Override
  public void close() throws IOException {
    try (proxy) {
      broadcast.close();
    }
  }
}
