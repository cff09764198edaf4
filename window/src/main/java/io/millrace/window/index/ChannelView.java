package io.millrace.window.index;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel as a viewer can reach it, at one moment.
 *
 * @param timelines in order of their beginning; the last is the one on air or the one that was
 */
public record ChannelView(ChannelId channel, List<TimelineView> timelines) {
  public ChannelView {
    timelines = List.copyOf(timelines);
  }

  public Optional<TimelineView> newest() {
    return timelines.isEmpty() ? Optional.empty() : Optional.of(timelines.getLast());
  }

  /** The timeline of that id; null where the window does not have it. */
  public @Nullable TimelineView timeline(TimelineId id) {
    for (TimelineView timeline : timelines) {
      if (timeline.id().equals(id)) {
        return timeline;
      }
    }
    return null;
  }
}
