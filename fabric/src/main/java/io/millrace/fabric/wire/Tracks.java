package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.AacFieldsDecoder;
import io.millrace.fabric.wire.sbe.AacFieldsEncoder;
import io.millrace.fabric.wire.sbe.AvcFieldsDecoder;
import io.millrace.fabric.wire.sbe.AvcFieldsEncoder;
import io.millrace.fabric.wire.sbe.CodecCode;
import io.millrace.fabric.wire.sbe.KindCode;
import io.millrace.media.Bytes;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.TrackKind;

/** Writes and reads the parts of a track's description. */
final class Tracks {
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

  /** Fills the fields of the codec at hand, clears the other's, and returns which one it is. */
  static CodecCode put(AvcFieldsEncoder avc, AacFieldsEncoder aac, CodecConfiguration codec) {
    return switch (codec) {
      case AvcConfiguration c -> {
        put(avc, c);
        put(aac, new AacConfiguration(Bytes.EMPTY, 0, 0, 0, 0));
        yield CodecCode.AVC;
      }
      case AacConfiguration c -> {
        put(avc, new AvcConfiguration(Bytes.EMPTY, 0, 0, 0, 0, 0, 0, 0));
        put(aac, c);
        yield CodecCode.AAC;
      }
    };
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

  static CodecConfiguration codec(
      CodecCode code, AvcFieldsDecoder avc, AacFieldsDecoder aac, Bytes record) {
    return switch (code) {
      case AVC ->
          new AvcConfiguration(
              record,
              avc.profile(),
              avc.constraints(),
              avc.level(),
              avc.nalLengthSize(),
              avc.width(),
              avc.height(),
              avc.frameRate());
      case AAC ->
          new AacConfiguration(
              record, aac.objectType(), aac.sampleRate(), aac.channels(), aac.frameLength());
      case NULL_VAL -> throw new WireException(WireException.Reason.VALUE, "codec: not set");
    };
  }
}
