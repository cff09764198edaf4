package io.millrace.bench.publish;

import io.millrace.bench.process.Deployment;
import io.millrace.server.ServerException;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.demo.Demo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Publishes the demo's picture, whose clock strip tells when each frame was drawn, to the channel
 * {@link #CHANNEL} of a deployment: drawn in this process and encoded in real time by an FFmpeg of
 * its own, which can be killed.
 */
public final class DemoPublisher implements AutoCloseable {
  /** The demo's own. */
  public static final String CHANNEL = "demo";

  private final Endpoints endpoints;
  private final DataDirectory data;
  private Demo demo;

  private DemoPublisher(Endpoints endpoints, DataDirectory data) {
    this.endpoints = endpoints;
    this.data = data;
    this.demo = Demo.start(endpoints, data);
  }

  /** Creates the channel and begins; keeps its key below {@code directory}. */
  public static DemoPublisher start(Deployment deployment, Path directory) {
    Path server = deployment.control().data();
    DataDirectory data = DataDirectory.open(directory.resolve("publisher"));
    try {
      data.keepSecret(DataDirectory.ADMIN_TOKEN, deployment.adminToken());
      Endpoints endpoints =
          Endpoints.read(server)
              .orElseThrow(() -> new ServerException("no process runs on " + server));
      return new DemoPublisher(endpoints, data);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /**
   * Kills FFmpeg, as a machine that loses its power; begins anew with the same key after a while.
   */
  public void restart(Duration away) throws InterruptedException {
    encoders().forEach(ProcessHandle::destroyForcibly);
    demo.close();
    TimeUnit.NANOSECONDS.sleep(away.toNanos());
    demo = Demo.start(endpoints, data);
  }

  private static List<ProcessHandle> encoders() {
    return ProcessHandle.current()
        .children()
        .filter(
            child ->
                child.info().arguments().stream()
                    .flatMap(Arrays::stream)
                    .anyMatch(argument -> argument.startsWith("rtmp://")))
        .toList();
  }

  @Override
  public void close() {
    demo.close();
    data.close();
  }
}
