package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AdtsFrames;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.TrackKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows one track of an FLV stream's sound. Confined to one thread. */
final class FlvAudioTrack {
  private static final int STEREO = 2;

  private final int track;

  /** Empty where the frames tell. */
  private Bytes header = Bytes.EMPTY;

  private @Nullable FlvAudioCodec codec;
  private @Nullable AudioConfiguration announced;
  private final UntoldFrames untold = new UntoldFrames();

  FlvAudioTrack(int track) {
    this.track = track;
  }

  void start(FlvAudioCodec itsCodec, Bytes record, List<FlvEvent> events) {
    boolean told = announced != null && itsCodec == codec && record.equals(header);
    if (told || isToldByFrames(itsCodec)) {
      return;
    }
    AudioConfiguration configuration;
    try {
      configuration = parse(itsCodec, record);
    } catch (MalformedMediaException e) {
      events.add(FlvTrackReader.unreadable(itsCodec.title(), e));
      return;
    }
    // ADTS headers before it may have told the same.
    if (!configuration.equals(announced)) {
      announce(itsCodec, configuration, events);
    }
    header = record;
  }

  void frame(FlvAudioTag.CodedFrame frame, int timestampMs, List<FlvEvent> events) {
    List<Bytes> frames = List.of(frame.data());
    if (isToldByFrames(frame.codec())) {
      hearFrame(frame, events);
    } else if (frame.codec() == FlvAudioCodec.AAC) {
      Optional<AdtsFrames> adts = AdtsFrames.of(frame.data());
      adts.ifPresent(told -> hearAdts(told.configuration(), events));
      frames = adts.map(AdtsFrames::frames).orElse(frames);
    }
    AudioConfiguration current = announced;
    if (current == null || frame.codec() != codec) {
      untold(frame.codec(), timestampMs, events);
      return;
    }
    untold.end();
    if (frame.codec() == FlvAudioCodec.MP3) {
      frames = Mp3Configuration.frames(frame.data());
    }
    long samples = 0;
    for (Bytes one : frames) {
      int offsetMs = (int) (samples * 1_000 / current.sampleRate());
      events.add(FlvTrackReader.sound(track, offsetMs, one));
      samples += current.frameLength();
    }
  }

  private void hearFrame(FlvAudioTag.CodedFrame frame, List<FlvEvent> events) {
    AudioConfiguration configuration = parse(frame.codec(), frame.data());
    // Its bit rate may change with every frame: a decoder need not know it.
    AudioConfiguration known = announced;
    boolean same =
        known != null
            && frame.codec() == codec
            && known.sampleRate() == configuration.sampleRate()
            && known.channels() == configuration.channels();
    if (!same) {
      announce(frame.codec(), configuration, events);
    }
  }

  /** A record knows more: of SBR, and of channels that have no number. */
  private void hearAdts(AacConfiguration configuration, List<FlvEvent> events) {
    boolean recordTold = codec == FlvAudioCodec.AAC && !header.isEmpty();
    if (!recordTold && !configuration.equals(announced)) {
      announce(FlvAudioCodec.AAC, configuration, events);
    }
  }

  private void untold(FlvAudioCodec itsCodec, int timestampMs, List<FlvEvent> events) {
    if (untold.isTooLong(timestampMs)) {
      events.add(
          UntoldFrames.refused(
              itsCodec.title(),
              itsCodec == FlvAudioCodec.AAC
                  ? "send the sequence header (AudioSpecificConfig) before it, or ADTS headers"
                  : "send the sequence header before it"));
    }
  }

  private void announce(
      FlvAudioCodec itsCodec, AudioConfiguration configuration, List<FlvEvent> events) {
    codec = itsCodec;
    header = Bytes.EMPTY;
    announced = configuration;
    events.add(new FlvEvent.Configured(TrackKind.AUDIO, track, configuration));
  }

  /** Whether there is no record, and every frame tells what a decoder must know. */
  private static boolean isToldByFrames(FlvAudioCodec codec) {
    return switch (codec) {
      case AC3, EAC3, MP3 -> true;
      case AAC, OPUS, FLAC -> false;
    };
  }

  private static AudioConfiguration parse(FlvAudioCodec codec, Bytes bytes) {
    return switch (codec) {
      case AAC -> AacConfiguration.parse(bytes);
      case OPUS ->
          bytes.isEmpty()
              ? OpusConfiguration.unknown(STEREO)
              : OpusConfiguration.parseIdentificationHeader(bytes);
      case AC3 -> Ac3Configuration.ofFrame(bytes);
      case EAC3 -> Eac3Configuration.ofAccessUnit(bytes);
      case MP3 -> Mp3Configuration.parse(bytes);
      case FLAC -> FlacConfiguration.parse(bytes);
    };
  }
}
