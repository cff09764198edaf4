package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.ExTagReader.TrackBody;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the bodies of FLV tags, as files and as RTMP's messages 8 and 9 carry them: Adobe's own
 * (FLV 10.1, annex E.4) and the enhanced ones (Enhanced RTMP v2).
 */
public final class FlvTagReader {
  private static final int COMMAND_FRAME = 5;
  private static final int AVC = 7;
  private static final int HEVC = 12;
  private static final int ENHANCED_VIDEO = 0x80;
  private static final int ENHANCED_AUDIO = 9;
  private static final int MP3 = 2;
  private static final int AAC = 10;
  private static final int MP3_8_KHZ = 14;

  /** VideoPacketType and AudioPacketType, where the two agree. */
  private static final int SEQUENCE_START = 0;

  private static final int CODED_FRAMES = 1;
  private static final int SEQUENCE_END = 2;

  /** VideoPacketType. */
  private static final int CODED_FRAMES_X = 3;

  private static final int METADATA = 4;
  private static final int MPEG2_TS_SEQUENCE_START = 5;
  private static final int MULTITRACK_VIDEO = 6;

  /** AudioPacketType. */
  private static final int MULTICHANNEL_CONFIG = 4;

  private static final int MULTITRACK_AUDIO = 5;

  private FlvTagReader() {}

  /**
   * Reads a video tag's body; what it holds of each track. Throws {@link MalformedMediaException}.
   */
  public static List<FlvVideoTag> video(Bytes body) {
    if (body.isEmpty()) {
      return List.of(new FlvVideoTag.Ignored("empty"));
    }
    int first = body.unsigned(0);
    if ((first & ENHANCED_VIDEO) != 0) {
      return enhancedVideo(body);
    }
    int frameType = first >> 4;
    if (frameType == COMMAND_FRAME) {
      return List.of(new FlvVideoTag.Ignored("command frame"));
    }
    int codec = first & 0x0F;
    if (codec != AVC && codec != HEVC) {
      return List.of(new FlvVideoTag.Unsupported(legacyVideoCodec(codec)));
    }
    return List.of(
        body.length() == 1
            ? new FlvVideoTag.Ignored("empty")
            : legacyVideo(codec == AVC ? FlvVideoCodec.AVC : FlvVideoCodec.HEVC, body, frameType));
  }

  /**
   * Reads an audio tag's body; what it holds of each track. Throws {@link MalformedMediaException}.
   */
  public static List<FlvAudioTag> audio(Bytes body) {
    if (body.isEmpty()) {
      return List.of(new FlvAudioTag.Ignored("empty"));
    }
    int format = body.unsigned(0) >> 4;
    return switch (format) {
      case ENHANCED_AUDIO -> enhancedAudio(body);
      case AAC -> List.of(aac(body));
      case MP3, MP3_8_KHZ ->
          List.of(
              body.length() == 1
                  ? new FlvAudioTag.Ignored("empty")
                  : new FlvAudioTag.CodedFrame(FlvAudioCodec.MP3, 0, body.slice(1)));
      default -> List.of(new FlvAudioTag.Unsupported(legacyAudioCodec(format)));
    };
  }

  private static FlvAudioTag aac(Bytes body) {
    if (body.length() <= 2) {
      return new FlvAudioTag.Ignored("empty");
    }
    return switch (body.unsigned(1)) {
      case 0 -> new FlvAudioTag.SequenceStart(FlvAudioCodec.AAC, 0, body.slice(2));
      case 1 -> new FlvAudioTag.CodedFrame(FlvAudioCodec.AAC, 0, body.slice(2));
      default -> throw MalformedMediaException.of("AACPacketType", body.unsigned(1), "0 or 1");
    };
  }

  /** AVCVIDEOPACKET (annex E.4.3.1), which encoders with codec id 12 use for HEVC as well. */
  private static FlvVideoTag legacyVideo(FlvVideoCodec codec, Bytes body, int frameType) {
    if (frameType < 1 || frameType > 4) {
      throw MalformedMediaException.of("video frame type", frameType, "1..5");
    }
    int packetType = body.unsigned(1);
    if (packetType == SEQUENCE_END) {
      return new FlvVideoTag.SequenceEnd(codec, 0);
    }
    if (body.length() < 5) {
      throw MalformedMediaException.of(
          codec.title() + " video tag size", body.length(), "5 or more");
    }
    Bytes data = body.slice(5);
    return switch (packetType) {
      case SEQUENCE_START -> new FlvVideoTag.SequenceStart(codec, 0, data);
      case CODED_FRAMES -> frame(codec, 0, frameType, signed24(body, 2), data);
      default -> throw MalformedMediaException.of("AVCPacketType", packetType, "0..2");
    };
  }

  private static FlvVideoTag frame(
      FlvVideoCodec codec, int track, int frameType, int compositionTimeMs, Bytes data) {
    return data.isEmpty()
        ? new FlvVideoTag.Ignored("empty")
        : new FlvVideoTag.CodedFrame(
            codec, track, frameType == 1 || frameType == 4, compositionTimeMs, data);
  }

  private static List<FlvVideoTag> enhancedVideo(Bytes body) {
    int frameType = body.unsigned(0) >> 4 & 7;
    ExTagReader in = new ExTagReader(body, MULTITRACK_VIDEO);
    // Of metadata the frame type means nothing.
    if (frameType == COMMAND_FRAME && in.packetType() != METADATA) {
      return List.of(new FlvVideoTag.Ignored("command frame"));
    }
    List<FlvVideoTag> tags = new ArrayList<>();
    for (TrackBody track : in.tracks()) {
      tags.add(enhancedVideo(track, in.packetType(), frameType));
    }
    return tags;
  }

  private static FlvVideoTag enhancedVideo(TrackBody track, int packetType, int frameType) {
    if (packetType == METADATA) {
      return new FlvVideoTag.Metadata(track.track(), track.body());
    }
    if (packetType == MPEG2_TS_SEQUENCE_START) {
      return new FlvVideoTag.Ignored("sequence start of MPEG-2 TS");
    }
    for (FlvVideoCodec codec : FlvVideoCodec.values()) {
      if (codec.fourCc().equals(track.fourCc())) {
        return enhancedVideo(codec, track, packetType, frameType);
      }
    }
    return new FlvVideoTag.Unsupported(track.fourCc());
  }

  private static FlvVideoTag enhancedVideo(
      FlvVideoCodec codec, TrackBody track, int packetType, int frameType) {
    Bytes data = track.body();
    return switch (packetType) {
      case SEQUENCE_START -> new FlvVideoTag.SequenceStart(codec, track.track(), data);
      case CODED_FRAMES -> {
        if (!codec.hasCompositionTime()) {
          yield frame(codec, track.track(), frameType, 0, data);
        }
        if (data.length() < 3) {
          throw MalformedMediaException.of(
              codec.title() + " frame size", data.length(), "3 or more");
        }
        yield frame(codec, track.track(), frameType, signed24(data, 0), data.slice(3));
      }
      case SEQUENCE_END -> new FlvVideoTag.SequenceEnd(codec, track.track());
      case CODED_FRAMES_X -> frame(codec, track.track(), frameType, 0, data);
      default -> throw MalformedMediaException.of("VideoPacketType", packetType, "0..7");
    };
  }

  private static List<FlvAudioTag> enhancedAudio(Bytes body) {
    ExTagReader in = new ExTagReader(body, MULTITRACK_AUDIO);
    List<FlvAudioTag> tags = new ArrayList<>();
    for (TrackBody track : in.tracks()) {
      tags.add(enhancedAudio(track, in.packetType()));
    }
    return tags;
  }

  private static FlvAudioTag enhancedAudio(TrackBody track, int packetType) {
    for (FlvAudioCodec codec : FlvAudioCodec.values()) {
      if (codec.fourCc().equals(track.fourCc())) {
        return enhancedAudio(codec, track, packetType);
      }
    }
    return new FlvAudioTag.Unsupported(track.fourCc());
  }

  private static FlvAudioTag enhancedAudio(FlvAudioCodec codec, TrackBody track, int packetType) {
    return switch (packetType) {
      case SEQUENCE_START -> new FlvAudioTag.SequenceStart(codec, track.track(), track.body());
      case CODED_FRAMES ->
          track.body().isEmpty()
              ? new FlvAudioTag.Ignored("empty")
              : new FlvAudioTag.CodedFrame(codec, track.track(), track.body());
      case SEQUENCE_END -> new FlvAudioTag.Ignored("sequence end");
      // The codec's own configuration tells the channels of what is taken.
      case MULTICHANNEL_CONFIG -> new FlvAudioTag.Ignored("multichannel configuration");
      default -> throw MalformedMediaException.of("AudioPacketType", packetType, "0..2, 4, 5 or 7");
    };
  }

  private static int signed24(Bytes body, int at) {
    return body.get(at) << 16 | body.unsigned(at + 1) << 8 | body.unsigned(at + 2);
  }

  private static String legacyVideoCodec(int id) {
    return switch (id) {
      case 2 -> "Sorenson H.263";
      case 3 -> "Screen video";
      case 4 -> "VP6";
      case 5 -> "VP6 with alpha";
      case 6 -> "Screen video 2";
      default -> "video codec " + id;
    };
  }

  private static String legacyAudioCodec(int format) {
    return switch (format) {
      case 0, 3 -> "PCM";
      case 1 -> "ADPCM";
      case 4, 5, 6 -> "Nellymoser";
      case 7 -> "G.711 A-law";
      case 8 -> "G.711 mu-law";
      case 11 -> "Speex";
      default -> "audio format " + format;
    };
  }
}
