package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.Publication;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvEvent;
import io.millrace.media.flv.FlvTrackReader;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the audio and video messages of one publication into tracks and samples: video is track 1,
 * audio tracks are 2 and on, times are in milliseconds as sent. Confined to the channel's event
 * loop.
 */
final class FlvPublisher {
  private static final int VIDEO_TRACK = 1;
  private static final int FIRST_AUDIO_TRACK = 2;
  private static final int TIMESCALE = 1_000;

  /** High 10, High 4:2:2, High 4:4:4, CAVLC 4:4:4: no browser plays them. */
  private static final Set<Integer> UNPLAYABLE_PROFILES = Set.of(110, 122, 244, 44);

  /** What became of a message. */
  sealed interface Taken {}

  enum Brought implements Taken {
    /** One sample at least. */
    SAMPLES,
    /** Configurations, or nothing. */
    NO_SAMPLE
  }

  /**
   * The stream cannot be delivered.
   *
   * @param why a sentence for the person at the encoder
   * @param limit that was passed; empty where the stream itself is why
   */
  record Refused(String why, Optional<Limit> limit) implements Taken {}

  private final Publication publication;
  private final TimestampUnwrapper timestamps = new TimestampUnwrapper();
  private final FlvTrackReader tracks = new FlvTrackReader();

  private final int mostConfigurations;

  FlvPublisher(Publication publication, int mostConfigurations) {
    this.publication = publication;
    this.mostConfigurations = mostConfigurations;
  }

  /**
   * Takes a message of type 8 or 9. Throws {@link MalformedMediaException} where the message alone
   * is lost.
   */
  Taken accept(RtmpMessage message) {
    Taken taken = Brought.NO_SAMPLE;
    List<FlvEvent> events =
        message.type() == MessageType.VIDEO
            ? tracks.video(message.payload())
            : tracks.audio(message.payload());
    for (FlvEvent event : events) {
      switch (event) {
        case FlvEvent.Configured(TrackKind kind, int track, CodecConfiguration codec) -> {
          if (codec instanceof AvcConfiguration avc
              && UNPLAYABLE_PROFILES.contains(avc.profile())) {
            return new Refused(
                "H.264 profile " + avc.profile() + " is not supported: send 8 bits and 4:2:0",
                Optional.empty());
          }
          if (!publication.mayConfigure(mostConfigurations)) {
            return new Refused(
                "The channel's tracks were configured more than %d times in a minute: keep them"
                    .formatted(mostConfigurations),
                Optional.of(Limit.CONFIGURATIONS));
          }
          publication.announce(Track.of(id(kind, track), kind, codec, TIMESCALE));
        }
        case FlvEvent.AccessUnit unit -> {
          sample(message, unit);
          taken = Brought.SAMPLES;
        }
        case FlvEvent.Refused(String why) -> {
          return new Refused(why, Optional.empty());
        }
      }
    }
    return taken;
  }

  private static int id(TrackKind kind, int track) {
    return (kind == TrackKind.VIDEO ? VIDEO_TRACK : FIRST_AUDIO_TRACK) + track;
  }

  private void sample(RtmpMessage message, FlvEvent.AccessUnit unit) {
    long dts = timestamps.unwrap(message.timestamp()) + unit.offsetMs();
    publication.sample(
        new Sample(
            id(unit.kind(), unit.track()),
            dts,
            dts + unit.compositionTimeMs(),
            unit.keyframe(),
            publication.utcNs(),
            // What is kept counts by its length, not by that of the message that it came in.
            unit.data().compact()));
  }
}
