package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.ParameterSets;
import io.millrace.media.track.SampleDependency;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the pictures of an FLV stream. Confined to one thread. */
final class FlvVideoTrack {
  /** Records as they would be but for the parameter sets, with length prefixes of four bytes. */
  private static final Bytes AVC_WITHOUT_SETS = Bytes.ofHex("01 42001f ff e0 00");

  private static final Bytes HEVC_WITHOUT_SETS =
      Bytes.ofHex("01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 00");

  private Bytes header = Bytes.EMPTY;
  private ColourInfo colourInfo = ColourInfo.NONE;
  private @Nullable FlvVideoCodec codec;

  /** As the record and the keyframes tell it. */
  private @Nullable VideoConfiguration told;

  /** As it was told on; null while the record alone is not enough. */
  private @Nullable VideoConfiguration announced;

  /** Null where the codec has none. */
  private @Nullable ParameterSets parameterSets;

  /** Since the record. */
  private boolean keyframeSeen;

  /** Whether there was a record of this codec; else all is told by keyframes. */
  private boolean recordTold;

  private final UntoldFrames untold = new UntoldFrames();

  void start(FlvVideoCodec itsCodec, Bytes record, List<FlvEvent> events) {
    if (itsCodec == codec && record.equals(header)) {
      return;
    }
    if (itsCodec == FlvVideoCodec.AV1 && record.isEmpty()) {
      // ffmpeg sends one before its encoder has told: the first sequence header tells.
      told = itsCodec == codec ? told : null;
      parameterSets = null;
      take(itsCodec);
      return;
    }
    VideoConfiguration itsOwn;
    try {
      itsOwn = parse(itsCodec, record);
    } catch (MalformedMediaException e) {
      events.add(FlvTrackReader.unreadable(itsCodec.title(), e));
      return;
    }
    ParameterSets sets = ParameterSets.of(itsOwn).orElse(null);
    header = record;
    recordTold = true;
    if (parameterSets != null && sets != null && parameterSets.anticipated(sets)) {
      // A change that was told within a sample is told again.
      return;
    }
    take(itsCodec);
    parameterSets = sets;
    keyframeSeen = false;
    told = itsOwn;
    announce(itsOwn, events);
  }

  private void take(FlvVideoCodec itsCodec) {
    if (itsCodec != codec) {
      announced = null;
      codec = itsCodec;
    }
  }

  /** Some encoders send no record: then keyframes have to tell all, if the codec's can. */
  private void beginWithoutRecord(FlvVideoCodec itsCodec) {
    switch (itsCodec) {
      case AVC -> begin(itsCodec, AvcConfiguration.parse(AVC_WITHOUT_SETS));
      case HEVC -> begin(itsCodec, HevcConfiguration.parse(HEVC_WITHOUT_SETS));
      case AV1 -> take(itsCodec);
      case VP9 -> {}
    }
  }

  private void begin(FlvVideoCodec itsCodec, VideoConfiguration withoutSets) {
    take(itsCodec);
    told = withoutSets;
    parameterSets = ParameterSets.of(withoutSets).orElse(null);
  }

  private static VideoConfiguration parse(FlvVideoCodec codec, Bytes record) {
    return switch (codec) {
      case AVC -> AvcConfiguration.parse(record);
      case HEVC -> HevcConfiguration.parse(record);
      case AV1 -> Av1Configuration.parse(record);
      case VP9 -> Vp9Configuration.parse(record);
    };
  }

  void metadata(Bytes values, List<FlvEvent> events) {
    colourInfo = ColourInfo.parse(values);
    if (told != null) {
      announce(told, events);
    }
  }

  void frame(FlvVideoTag.CodedFrame frame, int timestampMs, List<FlvEvent> events) {
    if (codec == null) {
      beginWithoutRecord(frame.codec());
    }
    if (frame.codec() != codec) {
      untold(frame.codec(), timestampMs, events);
      return;
    }
    Bytes data = frame.data();
    if (codec == FlvVideoCodec.AV1) {
      data = Av1Configuration.withoutTemporalDelimiters(data);
      if (!(told instanceof Av1Configuration)) {
        told = Av1Configuration.ofTemporalUnit(data).orElse(null);
      }
    }
    if (parameterSets != null) {
      data = parameterSets.take(data);
    }
    VideoConfiguration current = told;
    if (current == null) {
      untold(frame.codec(), timestampMs, events);
      return;
    }
    if (data.isEmpty()) {
      return;
    }
    boolean keyframe = current.dependency(data) == SampleDependency.SYNC;
    if (keyframe) {
      keyframeSeen = true;
      current = parameterSets == null ? current : parameterSets.applyTo(current);
      current = current.withKeyframe(data);
      told = current;
      announce(current, events);
    }
    if (announced != null) {
      untold.end();
      events.add(
          new FlvEvent.AccessUnit(
              TrackKind.VIDEO, 0, 0, frame.compositionTimeMs(), keyframe, data));
    } else if (!recordTold) {
      untold(frame.codec(), timestampMs, events);
    }
  }

  private void untold(FlvVideoCodec itsCodec, int timestampMs, List<FlvEvent> events) {
    if (untold.isTooLong(timestampMs)) {
      String orElse =
          switch (itsCodec) {
            case AVC -> ", or SPS and PPS with each keyframe";
            case HEVC -> ", or VPS, SPS and PPS with each keyframe";
            case AV1 -> ", or a sequence header OBU with each keyframe";
            case VP9 -> "";
          };
      events.add(
          UntoldFrames.refused(itsCodec.title(), "send the sequence header before it" + orElse));
    }
  }

  /**
   * VP9's record tells no size, one of AV1 need not, and those of H.264 and HEVC need not have
   * parameter sets: then a keyframe comes first. Without a record it has to bring them.
   */
  private void announce(VideoConfiguration current, List<FlvEvent> events) {
    VideoConfiguration whole = current.withPicture(colourInfo.addTo(current.picture()));
    boolean enough =
        parameterSets == null
            ? whole.width() > 0
            : (recordTold && keyframeSeen) || parameterSets.isComplete();
    if (enough && !whole.equals(announced)) {
      announced = whole;
      events.add(new FlvEvent.Configured(TrackKind.VIDEO, 0, whole));
    }
  }
}
