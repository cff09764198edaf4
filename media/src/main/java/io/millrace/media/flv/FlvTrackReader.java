package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.TrackKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the tracks of one FLV stream: tag bodies in, configurations and samples out. Video is one
 * track, sound up to eight. Confined to one thread.
 *
 * <p>Encoders send the same configuration again, some with every keyframe: only a new one counts.
 * Some send none: where frames do not tell it either, the stream is refused after ten seconds of
 * its own time.
 */
public final class FlvTrackReader {
  static final int MOST_AUDIO_TRACKS = 8;

  private final FlvVideoTrack video = new FlvVideoTrack();
  private final List<FlvAudioTrack> audio = new ArrayList<>();

  /**
   * Takes a video tag's body. Throws {@link MalformedMediaException} where the tag is lost.
   *
   * @param timestampMs the tag's, 32 bits, which wrap
   */
  public List<FlvEvent> video(Bytes body, int timestampMs) {
    List<FlvEvent> events = new ArrayList<>(2);
    try {
      for (FlvVideoTag tag : FlvTagReader.video(body)) {
        take(tag, timestampMs, events);
      }
    } catch (MalformedMediaException e) {
      throwUnlessTold(events, e);
    }
    return events;
  }

  /**
   * Takes an audio tag's body. Throws {@link MalformedMediaException} where the tag is lost.
   *
   * @param timestampMs the tag's, 32 bits, which wrap
   */
  public List<FlvEvent> audio(Bytes body, int timestampMs) {
    List<FlvEvent> events = new ArrayList<>(2);
    try {
      for (FlvAudioTag tag : FlvTagReader.audio(body)) {
        take(tag, timestampMs, events);
      }
    } catch (MalformedMediaException e) {
      throwUnlessTold(events, e);
    }
    return events;
  }

  /** What was learned of a tag before it broke is not told again: it must not be lost with it. */
  private static void throwUnlessTold(List<FlvEvent> events, MalformedMediaException broken) {
    if (events.isEmpty()) {
      throw broken;
    }
  }

  private void take(FlvVideoTag tag, int timestampMs, List<FlvEvent> events) {
    switch (tag) {
      case FlvVideoTag.SequenceStart start -> {
        if (isTaken(start.track(), events)) {
          video.start(start.codec(), start.configuration().compact(), events);
        }
      }
      case FlvVideoTag.CodedFrame frame -> {
        if (isTaken(frame.track(), events)) {
          video.frame(frame, timestampMs, events);
        }
      }
      case FlvVideoTag.Metadata metadata -> {
        if (metadata.track() == 0) {
          video.metadata(metadata.values(), events);
        }
      }
      case FlvVideoTag.Unsupported(String codec) ->
          events.add(
              new FlvEvent.Refused(
                  "Video codec " + codec + " is not supported: send H.264, HEVC, AV1 or VP9"));
      case FlvVideoTag.SequenceEnd _, FlvVideoTag.Ignored _ -> {}
    }
  }

  private static boolean isTaken(int track, List<FlvEvent> events) {
    if (track > 0) {
      events.add(
          new FlvEvent.Refused("Video track " + track + " is not supported: send one video track"));
    }
    return track == 0;
  }

  private void take(FlvAudioTag tag, int timestampMs, List<FlvEvent> events) {
    switch (tag) {
      case FlvAudioTag.SequenceStart start -> {
        if (hasTrack(start.track(), events)) {
          audio.get(start.track()).start(start.codec(), start.configuration().compact(), events);
        }
      }
      case FlvAudioTag.CodedFrame frame -> {
        if (hasTrack(frame.track(), events)) {
          audio.get(frame.track()).frame(frame, timestampMs, events);
        }
      }
      case FlvAudioTag.Unsupported(String codec) ->
          events.add(
              new FlvEvent.Refused(
                  "Audio codec "
                      + codec
                      + " is not supported: send AAC, Opus, AC-3, E-AC-3, MP3 or FLAC"));
      case FlvAudioTag.Ignored _ -> {}
    }
  }

  private boolean hasTrack(int track, List<FlvEvent> events) {
    if (track >= MOST_AUDIO_TRACKS) {
      events.add(
          new FlvEvent.Refused(
              "Audio track %d is not supported: send tracks 0 to %d"
                  .formatted(track, MOST_AUDIO_TRACKS - 1)));
      return false;
    }
    while (audio.size() <= track) {
      audio.add(new FlvAudioTrack(audio.size()));
    }
    return true;
  }

  /** What is said of a configuration that cannot be read. */
  static FlvEvent unreadable(String codec, MalformedMediaException why) {
    return new FlvEvent.Refused(
        "The " + codec + " configuration cannot be read: " + why.getMessage());
  }

  static FlvEvent.AccessUnit sound(int track, int offsetMs, Bytes data) {
    return new FlvEvent.AccessUnit(TrackKind.AUDIO, track, offsetMs, 0, /* keyframe= */ true, data);
  }
}
