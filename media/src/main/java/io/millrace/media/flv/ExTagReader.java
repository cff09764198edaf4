package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads what ExVideoTagHeader and ExAudioTagHeader have in common (Enhanced RTMP v2, "Enhanced
 * Audio" and "Enhanced Video"): ModEx, the packet type, FourCC and the bodies of several tracks.
 */
final class ExTagReader {
  private static final int FOUR_CC_BYTES = 4;
  private static final int MOD_EX = 7;

  /** AvMultitrackType. */
  private static final int ONE_TRACK = 0;

  private static final int MANY_TRACKS_MANY_CODECS = 2;

  /** As many as a stream may have, in a tag; encoders send one or two. */
  private static final int MOST_TRACKS = FlvTrackReader.MOST_AUDIO_TRACKS;

  private final Bytes body;
  private final int multitrackPacketType;
  private int at = 1;
  private int packetType;

  /**
   * One track's share of a tag.
   *
   * @param fourCc letters that cannot be printed are dots
   * @param track 0 where the tag names none
   */
  record TrackBody(String fourCc, int track, Bytes body) {}

  /**
   * Reads the header up to the packet type.
   *
   * @param multitrackPacketType the packet type that means several tracks
   */
  ExTagReader(Bytes body, int multitrackPacketType) {
    this.body = body;
    this.multitrackPacketType = multitrackPacketType;
    this.packetType = body.unsigned(0) & 0x0F;
    while (packetType == MOD_EX) {
      // Of the modifiers only a time of less than a millisecond is defined: nothing is lost.
      int size = u8() + 1;
      if (size == 256) {
        size = u16() + 1;
      }
      require(size);
      at += size;
      packetType = u8() & 0x0F;
    }
  }

  /** The packet type; that of several tracks until {@link #tracks} is read. */
  int packetType() {
    return packetType;
  }

  /** Reads the rest; afterwards {@link #packetType} is the tracks'. */
  List<TrackBody> tracks() {
    if (packetType != multitrackPacketType) {
      return List.of(new TrackBody(fourCc(), 0, body.slice(at)));
    }
    int types = u8();
    int multitrackType = types >> 4;
    packetType = types & 0x0F;
    if (multitrackType > MANY_TRACKS_MANY_CODECS) {
      throw MalformedMediaException.of("AvMultitrackType", multitrackType, "0..2");
    }
    if (packetType == multitrackPacketType || packetType == MOD_EX) {
      throw MalformedMediaException.of(
          "packet type of a multitrack tag", packetType, "a plain one");
    }
    String fourCc = multitrackType == MANY_TRACKS_MANY_CODECS ? "" : fourCc();
    List<TrackBody> tracks = new ArrayList<>();
    BitSet numbers = new BitSet();
    do {
      if (tracks.size() == MOST_TRACKS) {
        throw MalformedMediaException.of(
            "tracks of a tag", MOST_TRACKS + 1L, "at most " + MOST_TRACKS);
      }
      String itsFourCc = multitrackType == MANY_TRACKS_MANY_CODECS ? fourCc() : fourCc;
      int track = u8();
      int size = multitrackType == ONE_TRACK ? body.length() - at : u8() << 16 | u16();
      require(size);
      if (numbers.get(track)) {
        throw MalformedMediaException.of("track of a tag", track, "each once");
      }
      numbers.set(track);
      tracks.add(new TrackBody(itsFourCc, track, body.slice(at, size)));
      at += size;
    } while (at < body.length());
    return tracks;
  }

  private String fourCc() {
    require(FOUR_CC_BYTES);
    String letters =
        new String(body.slice(at, FOUR_CC_BYTES).toArray(), StandardCharsets.ISO_8859_1);
    at += FOUR_CC_BYTES;
    return letters.replaceAll("[^ -~]", ".");
  }

  private int u8() {
    require(1);
    return body.unsigned(at++);
  }

  private int u16() {
    return u8() << 8 | u8();
  }

  private void require(int count) {
    if (count > body.length() - at) {
      throw MalformedMediaException.of(
          "enhanced tag bytes left", body.length() - at, "at least " + count);
    }
  }
}
