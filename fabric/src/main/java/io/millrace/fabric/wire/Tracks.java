package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.AacFieldsDecoder;
import io.millrace.fabric.wire.sbe.AacFieldsEncoder;
import io.millrace.fabric.wire.sbe.AvcFieldsDecoder;
import io.millrace.fabric.wire.sbe.AvcFieldsEncoder;
import io.millrace.fabric.wire.sbe.CodecCode;
import io.millrace.fabric.wire.sbe.KindCode;
import io.millrace.fabric.wire.sbe.PictureFieldsDecoder;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import org.jspecify.annotations.Nullable;

/** Writes and reads the parts of a track's description. */
final class Tracks {
  private static final AvcConfiguration NO_AVC =
      new AvcConfiguration(Bytes.EMPTY, 0, 0, 0, 0, 0, 0, 0);
  private static final AacConfiguration NO_AAC = new AacConfiguration(Bytes.EMPTY, 0, 0, 0, 0);

  private Tracks() {}

  static KindCode code(TrackKind kind) {
    return switch (kind) {
      case VIDEO -> KindCode.VIDEO;
      case AUDIO -> KindCode.AUDIO;
      case TEXT -> KindCode.TEXT;
      case METADATA -> KindCode.METADATA;
    };
  }

  static TrackKind kind(KindCode code) {
    return switch (code) {
      case VIDEO -> TrackKind.VIDEO;
      case AUDIO -> TrackKind.AUDIO;
      case TEXT -> TrackKind.TEXT;
      case METADATA -> TrackKind.METADATA;
      case NULL_VAL ->
          throw new WireException(WireException.Reason.VALUE, "kind of track: not set");
    };
  }

  static CodecCode code(CodecConfiguration codec) {
    return switch (codec) {
      case AvcConfiguration _ -> CodecCode.AVC;
      case HevcConfiguration _ -> CodecCode.HEVC;
      case Av1Configuration _ -> CodecCode.AV1;
      case Vp9Configuration _ -> CodecCode.VP9;
      case AacConfiguration _ -> CodecCode.AAC;
      case OpusConfiguration _ -> CodecCode.OPUS;
      case Ac3Configuration _ -> CodecCode.AC3;
      case Eac3Configuration _ -> CodecCode.EAC3;
      case Mp3Configuration _ -> CodecCode.MP3;
      case FlacConfiguration _ -> CodecCode.FLAC;
    };
  }

  /** Fills the fields of version 1, or clears them where they are another codec's. */
  static void put(AvcFieldsEncoder avc, AacFieldsEncoder aac, CodecConfiguration codec) {
    put(avc, codec instanceof AvcConfiguration its ? its : NO_AVC);
    put(aac, codec instanceof AacConfiguration its ? its : NO_AAC);
  }

  private static void put(AvcFieldsEncoder out, AvcConfiguration codec) {
    out.profile(codec.profile())
        .constraints(codec.constraints())
        .level(codec.level())
        .nalLengthSize(codec.nalLengthSize())
        .width(codec.width())
        .height(codec.height())
        .frameRate(codec.frameRate());
  }

  private static void put(AacFieldsEncoder out, AacConfiguration codec) {
    out.objectType(codec.objectType())
        .sampleRate(codec.sampleRate())
        .channels(codec.channels())
        .frameLength(codec.frameLength());
  }

  static PictureFormat picture(CodecConfiguration codec) {
    return codec instanceof VideoConfiguration video ? video.picture() : Pictures.NONE;
  }

  static int aacOutputSampleRate(CodecConfiguration codec) {
    return codec instanceof AacConfiguration aac ? aac.outputSampleRate() : 0;
  }

  /**
   * What was sent of a codec.
   *
   * @param picture null from a node that speaks version 1
   * @param aacOutputSampleRate 0 from a node that speaks version 1
   */
  record Sent(
      CodecCode code,
      AvcFieldsDecoder avc,
      AacFieldsDecoder aac,
      @Nullable PictureFieldsDecoder picture,
      int aacOutputSampleRate,
      Bytes record) {}

  /** Reads the configuration; throws {@link WireException} where a value or the record is none. */
  static CodecConfiguration codec(Sent sent) {
    try {
      return switch (sent.code()) {
        case AVC -> pictured(avc(sent), sent.picture());
        case HEVC -> pictured(HevcConfiguration.parse(sent.record()), sent.picture());
        case AV1 -> pictured(Av1Configuration.parse(sent.record()), sent.picture());
        case VP9 -> pictured(Vp9Configuration.parse(sent.record()), sent.picture());
        default -> audio(sent);
      };
    } catch (MalformedMediaException e) {
      throw new WireException(WireException.Reason.VALUE, "codec record: " + e.getMessage(), e);
    }
  }

  private static VideoConfiguration pictured(
      VideoConfiguration codec, @Nullable PictureFieldsDecoder picture) {
    return picture == null ? codec : codec.withPicture(Pictures.read(picture));
  }

  private static AudioConfiguration audio(Sent sent) {
    return switch (sent.code()) {
      case AAC -> aac(sent);
      case OPUS -> OpusConfiguration.parse(sent.record());
      case AC3 -> Ac3Configuration.parse(sent.record());
      case EAC3 -> Eac3Configuration.parse(sent.record());
      case MP3 -> Mp3Configuration.parse(sent.record());
      case FLAC -> FlacConfiguration.parse(sent.record());
      case AVC, HEVC, AV1, VP9, NULL_VAL ->
          throw new WireException(WireException.Reason.VALUE, "codec: not set");
    };
  }

  private static AvcConfiguration avc(Sent sent) {
    AvcFieldsDecoder avc = sent.avc();
    return new AvcConfiguration(
        sent.record(),
        avc.profile(),
        avc.constraints(),
        avc.level(),
        avc.nalLengthSize(),
        avc.width(),
        avc.height(),
        avc.frameRate());
  }

  private static AacConfiguration aac(Sent sent) {
    AacFieldsDecoder aac = sent.aac();
    int outputSampleRate = sent.aacOutputSampleRate();
    return new AacConfiguration(
        sent.record(),
        aac.objectType(),
        aac.sampleRate(),
        aac.channels(),
        aac.frameLength(),
        outputSampleRate > 0 ? outputSampleRate : aac.sampleRate());
  }
}
