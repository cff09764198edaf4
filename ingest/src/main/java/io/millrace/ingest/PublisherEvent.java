package io.millrace.ingest;

import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;

/** Says what a publisher did, on its way from the connection's thread to the agent. */
sealed interface PublisherEvent {
  record Started() implements PublisherEvent {}

  record Announced(Track track) implements PublisherEvent {}

  record Sampled(Sample sample) implements PublisherEvent {}

  record Dropped(int trackId, long count) implements PublisherEvent {}

  record Ended(CloseReason reason) implements PublisherEvent {}
}
