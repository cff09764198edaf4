package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.TrackKind;

/** Says what a tag brought of the stream's tracks. */
public sealed interface FlvEvent {
  /**
   * The samples of a track that follow have this configuration; it is not the one before.
   *
   * @param track its number among those of its kind, from 0 on
   */
  record Configured(TrackKind kind, int track, CodecConfiguration codec) implements FlvEvent {}

  /**
   * One sample of a track that has a configuration.
   *
   * @param track its number among those of its kind, from 0 on
   * @param offsetMs decoded so much later than the tag's time tells
   * @param compositionTimeMs pts − dts, may be below 0
   * @param keyframe what the data is, whatever the tag claims
   * @param data as a sample carries it
   */
  record AccessUnit(
      TrackKind kind, int track, int offsetMs, int compositionTimeMs, boolean keyframe, Bytes data)
      implements FlvEvent {}

  /**
   * The stream cannot be taken.
   *
   * @param why a sentence for the person at the encoder
   */
  record Refused(String why) implements FlvEvent {}
}
