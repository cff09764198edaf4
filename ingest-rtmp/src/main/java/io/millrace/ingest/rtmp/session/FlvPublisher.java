package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.Publication;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvAudioTag;
import io.millrace.media.flv.FlvTagReader;
import io.millrace.media.flv.FlvVideoTag;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the audio and video messages of one publication into tracks and samples: video is track 1,
 * audio track 2, times are in milliseconds as sent. Confined to the channel's event loop.
 */
final class FlvPublisher {
  private static final int VIDEO_TRACK = 1;
  private static final int AUDIO_TRACK = 2;
  private static final int TIMESCALE = 1_000;

  /** High 10, High 4:2:2, High 4:4:4, CAVLC 4:4:4: no browser plays them. */
  private static final Set<Integer> UNPLAYABLE_PROFILES = Set.of(110, 122, 244, 44);

  private final Publication publication;
  private final TimestampUnwrapper timestamps = new TimestampUnwrapper();
  private Bytes videoHeader = Bytes.EMPTY;
  private Bytes audioHeader = Bytes.EMPTY;

  FlvPublisher(Publication publication) {
    this.publication = publication;
  }

  /**
   * Takes a message of type 8 or 9. Returns why the stream cannot be delivered, a sentence for the
   * person at the encoder; empty where it can. Throws {@link MalformedMediaException} where the
   * message alone is lost.
   */
  Optional<String> accept(RtmpMessage message) {
    return message.type() == MessageType.VIDEO ? video(message) : audio(message);
  }

  private Optional<String> video(RtmpMessage message) {
    switch (FlvTagReader.video(message.payload())) {
      case FlvVideoTag.AvcSequenceHeader(Bytes configuration) -> {
        return videoConfiguration(configuration);
      }
      case FlvVideoTag.AvcFrame(boolean keyframe, int compositionTimeMs, Bytes data) -> {
        long dts = timestamps.unwrap(message.timestamp());
        sample(VIDEO_TRACK, dts, dts + compositionTimeMs, keyframe, data);
      }
      case FlvVideoTag.Unsupported(String codec) -> {
        return Optional.of("Video codec " + codec + " is not supported: send H.264");
      }
      case FlvVideoTag.AvcEndOfSequence _, FlvVideoTag.Ignored _ -> {}
    }
    return Optional.empty();
  }

  private Optional<String> audio(RtmpMessage message) {
    switch (FlvTagReader.audio(message.payload())) {
      case FlvAudioTag.AacSequenceHeader(Bytes configuration) -> {
        return audioConfiguration(configuration);
      }
      case FlvAudioTag.AacFrame(Bytes data) -> {
        long dts = timestamps.unwrap(message.timestamp());
        sample(AUDIO_TRACK, dts, dts, /* keyframe= */ true, data);
      }
      case FlvAudioTag.Unsupported(String codec) -> {
        return Optional.of("Audio codec " + codec + " is not supported: send AAC");
      }
      case FlvAudioTag.Ignored _ -> {}
    }
    return Optional.empty();
  }

  /**
   * Encoders send the same configuration again, some with every keyframe: only a new one counts.
   */
  private Optional<String> videoConfiguration(Bytes record) {
    if (record.equals(videoHeader)) {
      return Optional.empty();
    }
    AvcConfiguration avc;
    try {
      avc = AvcConfiguration.parse(record);
    } catch (MalformedMediaException e) {
      return Optional.of("The H.264 configuration cannot be read: " + e.getMessage());
    }
    if (UNPLAYABLE_PROFILES.contains(avc.profile())) {
      return Optional.of(
          "H.264 profile " + avc.profile() + " is not supported: send 8 bits and 4:2:0");
    }
    videoHeader = record;
    publication.announce(Track.of(VIDEO_TRACK, TrackKind.VIDEO, avc, TIMESCALE));
    return Optional.empty();
  }

  private Optional<String> audioConfiguration(Bytes record) {
    if (record.equals(audioHeader)) {
      return Optional.empty();
    }
    AacConfiguration aac;
    try {
      aac = AacConfiguration.parse(record);
    } catch (MalformedMediaException e) {
      return Optional.of("The AAC configuration cannot be read: " + e.getMessage());
    }
    audioHeader = record;
    publication.announce(Track.of(AUDIO_TRACK, TrackKind.AUDIO, aac, TIMESCALE));
    return Optional.empty();
  }

  private void sample(int track, long dts, long pts, boolean keyframe, Bytes data) {
    publication.sample(new Sample(track, dts, pts, keyframe, publication.utcNs(), data));
  }
}
