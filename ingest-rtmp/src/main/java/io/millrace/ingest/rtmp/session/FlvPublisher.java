package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.Publication;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvEvent;
import io.millrace.media.flv.FlvTrackReader;
import io.millrace.media.track.AvcFieldCoding;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.Unplayable;
import java.util.List;
import java.util.Optional;

/**
 * Turns the audio and video messages of one publication into tracks and samples: video is track 1,
 * audio tracks are 2 and on, times are in milliseconds as sent. Confined to the channel's event
 * loop.
 */
final class FlvPublisher {
  private static final int VIDEO_TRACK = 1;
  private static final int FIRST_AUDIO_TRACK = 2;
  private static final int TIMESCALE = 1_000;

  private static final Refused INTERLACED =
      new Refused("Interlaced H.264 is not supported: send progressive pictures", Optional.empty());

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

  /** Where the pictures may be of fields. */
  private Optional<AvcFieldCoding> fields = Optional.empty();

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
            ? tracks.video(message.payload(), message.timestamp())
            : tracks.audio(message.payload(), message.timestamp());
    for (FlvEvent event : events) {
      switch (event) {
        case FlvEvent.Configured(TrackKind kind, int track, CodecConfiguration codec) -> {
          Optional<String> unplayable = Unplayable.why(codec);
          if (unplayable.isPresent()) {
            return new Refused(unplayable.get(), Optional.empty());
          }
          if (kind == TrackKind.VIDEO) {
            fields = AvcFieldCoding.of(codec);
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
          if (unit.kind() == TrackKind.VIDEO && hasFields(unit)) {
            return INTERLACED;
          }
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

  private boolean hasFields(FlvEvent.AccessUnit unit) {
    return fields.isPresent() && fields.get().isIn(unit.data());
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
