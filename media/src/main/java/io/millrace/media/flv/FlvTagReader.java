package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.charset.StandardCharsets;

/** Reads the bodies of FLV tags, as files and as RTMP's messages 8 and 9 carry them. */
public final class FlvTagReader {
  private static final int COMMAND_FRAME = 5;
  private static final int AVC = 7;
  private static final int ENHANCED_VIDEO = 0x80;
  private static final int ENHANCED_METADATA = 4;
  private static final int ENHANCED_AUDIO = 9;
  private static final int MULTITRACK_AUDIO = 5;
  private static final int MULTITRACK_VIDEO = 6;
  private static final int MODIFIER_EXTENSION = 7;
  private static final int AAC = 10;

  private FlvTagReader() {}

  /** Reads a video tag's body (annex E.4.3.1). Throws {@link MalformedMediaException}. */
  public static FlvVideoTag video(Bytes body) {
    if (body.isEmpty()) {
      return new FlvVideoTag.Ignored("empty");
    }
    int first = body.unsigned(0);
    if ((first & ENHANCED_VIDEO) != 0) {
      return enhancedVideo(body);
    }
    int frameType = first >> 4;
    if (frameType == COMMAND_FRAME) {
      return new FlvVideoTag.Ignored("command frame");
    }
    if ((first & 0x0F) != AVC) {
      return new FlvVideoTag.Unsupported(legacyVideoCodec(first & 0x0F));
    }
    return body.length() == 1 ? new FlvVideoTag.Ignored("empty") : avc(body, frameType);
  }

  /** Reads an audio tag's body (annex E.4.2.1). Throws {@link MalformedMediaException}. */
  public static FlvAudioTag audio(Bytes body) {
    if (body.isEmpty()) {
      return new FlvAudioTag.Ignored("empty");
    }
    int format = body.unsigned(0) >> 4;
    if (format == ENHANCED_AUDIO) {
      int type = body.unsigned(0) & 0x0F;
      boolean plain = type != MULTITRACK_AUDIO && type != MODIFIER_EXTENSION;
      return new FlvAudioTag.Unsupported(plain ? fourCc(body) : "enhanced audio tag " + type);
    }
    if (format != AAC) {
      return new FlvAudioTag.Unsupported(legacyAudioCodec(format));
    }
    if (body.length() <= 2) {
      return new FlvAudioTag.Ignored("empty");
    }
    return switch (body.unsigned(1)) {
      case 0 -> new FlvAudioTag.AacSequenceHeader(body.slice(2));
      case 1 -> new FlvAudioTag.AacFrame(body.slice(2));
      default -> throw MalformedMediaException.of("AACPacketType", body.unsigned(1), "0 or 1");
    };
  }

  private static FlvVideoTag avc(Bytes body, int frameType) {
    if (frameType < 1 || frameType > 4) {
      throw MalformedMediaException.of("video frame type", frameType, "1..5");
    }
    int packetType = body.unsigned(1);
    if (packetType == 2) {
      return new FlvVideoTag.AvcEndOfSequence();
    }
    if (body.length() < 5) {
      throw MalformedMediaException.of("AVC video tag size", body.length(), "5 or more");
    }
    Bytes data = body.slice(5);
    return switch (packetType) {
      case 0 -> new FlvVideoTag.AvcSequenceHeader(data);
      case 1 ->
          data.isEmpty()
              ? new FlvVideoTag.Ignored("empty")
              : new FlvVideoTag.AvcFrame(frameType == 1 || frameType == 4, signed24(body, 2), data);
      default -> throw MalformedMediaException.of("AVCPacketType", packetType, "0..2");
    };
  }

  private static FlvVideoTag enhancedVideo(Bytes body) {
    int type = body.unsigned(0) & 0x0F;
    int frameType = body.unsigned(0) >> 4 & 7;
    if (type == ENHANCED_METADATA) {
      return new FlvVideoTag.Ignored("metadata");
    }
    if (type == MULTITRACK_VIDEO || type == MODIFIER_EXTENSION) {
      return new FlvVideoTag.Unsupported("enhanced video tag " + type);
    }
    return frameType == COMMAND_FRAME
        ? new FlvVideoTag.Ignored("command frame")
        : new FlvVideoTag.Unsupported(fourCc(body));
  }

  private static int signed24(Bytes body, int at) {
    return body.get(at) << 16 | body.unsigned(at + 1) << 8 | body.unsigned(at + 2);
  }

  /** The codec's four letters after the first byte; letters that cannot be printed become dots. */
  private static String fourCc(Bytes body) {
    if (body.length() < 5) {
      throw MalformedMediaException.of("enhanced tag size", body.length(), "5 or more");
    }
    return new String(body.slice(1, 4).toArray(), StandardCharsets.ISO_8859_1)
        .replaceAll("[^ -~]", ".");
  }

  private static String legacyVideoCodec(int id) {
    return switch (id) {
      case 2 -> "Sorenson H.263";
      case 3 -> "Screen video";
      case 4 -> "VP6";
      case 5 -> "VP6 with alpha";
      case 6 -> "Screen video 2";
      case 12 -> "HEVC in a legacy tag";
      default -> "video codec " + id;
    };
  }

  private static String legacyAudioCodec(int format) {
    return switch (format) {
      case 0, 3 -> "PCM";
      case 1 -> "ADPCM";
      case 2, 14 -> "MP3";
      case 4, 5, 6 -> "Nellymoser";
      case 7 -> "G.711 A-law";
      case 8 -> "G.711 mu-law";
      case 11 -> "Speex";
      default -> "audio format " + format;
    };
  }
}
