package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.FeedMessage;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BandwidthTest {
  private final PublishedStream stream = new PublishedStream(PublishedStream.channelId(1), 60);
  private final List<FeedMessage> messages = new ArrayList<>(stream.open());

  /** A segment of so many parts of 200 ms, each with so many bytes of video. */
  private BandwidthTest segment(int parts, int bytes) {
    stream.partBytes(bytes, 10);
    messages.addAll(stream.parts(parts));
    if (parts < PublishedStream.PARTS) {
      messages.addAll(stream.endSegment());
    }
    return this;
  }

  private Bandwidth measured() {
    try (Windows windows = new Windows(stream.channel())) {
      TimelineView timeline = windows.feed(messages).window.view().newest().orElseThrow();
      return Bandwidth.of(timeline, Objects.requireNonNull(timeline.rendition("v1")));
    }
  }

  @Test
  void aShortSegmentIsMeasuredWithItsNeighbours() {
    segment(5, 1_000).segment(1, 10_000).segment(5, 1_000);

    // The short one lasts less than half a target duration: with a neighbour, 15,000 bytes in 1.2
    // s.
    assertThat(measured()).isEqualTo(new Bandwidth(100_000, 73_000));
  }

  @Test
  void theHeaviestWholeSegmentIsThePeak() {
    segment(5, 1_000).segment(5, 3_000).segment(5, 2_000);

    assertThat(measured()).isEqualTo(new Bandwidth(120_000, 80_000));
  }

  @Test
  void theOpenSegmentCountsOnlyWhereThereIsNoOther() {
    segment(4, 1_000);
    messages.removeLast();
    messages.removeLast();
    assertThat(measured()).isEqualTo(new Bandwidth(40_000, 40_000));
  }
}
