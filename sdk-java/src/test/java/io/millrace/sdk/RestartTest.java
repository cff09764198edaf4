package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real control plane that is killed and comes back. */
@ExtendWith(NoThreadsLeft.class)
@Timeout(300)
class RestartTest {
  private static final String[] CONTROL_ONLY = {"node", "--roles", "control"};

  @TempDir private Path directory;

  @Test
  void watchingGoesOnWhenTheControlPlaneIsBack() throws Exception {
    Path data = directory.resolve("data");
    BlockingQueue<ChannelEvent> events = new LinkedBlockingQueue<>();
    ControlPlaneProcess first = ControlPlaneProcess.start(data, 0, CONTROL_ONLY);
    int port = first.port();
    try (MillraceClient client = first.client().build();
        ChannelWatch watch = client.asyncChannels().watch(events::add)) {
      try (first) {
        client.channels().create(NewChannel.named("kept"));
        awaitChannel(events);
        first.kill();
      }
      awaitDisconnected(events);
      assertThatThrownBy(() -> client.channels().get("kept"))
          .isInstanceOf(TransportException.class);
      try (ControlPlaneProcess second = ControlPlaneProcess.start(data, port, CONTROL_ONLY)) {
        ChannelEvent.Snapshot snapshot = awaitSnapshot(events);

        assertThat(snapshot.channels()).extracting(Channel::name).containsExactly("kept");
        assertThat(client.channels().get("kept").name()).as(second::output).isEqualTo("kept");
        assertThat(watch.ended()).isNotDone();
      }
    }
  }

  private static ChannelEvent next(BlockingQueue<ChannelEvent> events) throws InterruptedException {
    ChannelEvent event = events.poll(90, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  private static void awaitChannel(BlockingQueue<ChannelEvent> events) throws InterruptedException {
    while (true) {
      ChannelEvent event = next(events);
      boolean inSnapshot =
          event instanceof ChannelEvent.Snapshot snapshot && !snapshot.channels().isEmpty();
      if (inSnapshot || event instanceof ChannelEvent.Changed) {
        return;
      }
    }
  }

  private static void awaitDisconnected(BlockingQueue<ChannelEvent> events)
      throws InterruptedException {
    ChannelEvent event;
    do {
      event = next(events);
    } while (!(event instanceof ChannelEvent.Disconnected));
    assertThat(((ChannelEvent.Disconnected) event).cause()).isInstanceOf(TransportException.class);
  }

  private static ChannelEvent.Snapshot awaitSnapshot(BlockingQueue<ChannelEvent> events)
      throws InterruptedException {
    while (true) {
      if (next(events) instanceof ChannelEvent.Snapshot snapshot) {
        return snapshot;
      }
    }
  }
}
