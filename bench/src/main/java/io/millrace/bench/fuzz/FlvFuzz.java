package io.millrace.bench.fuzz;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvTrackReader;
import java.util.HexFormat;
import java.util.List;

/** Tag bodies, and within them the configurations of the codecs. */
final class FlvFuzz implements FuzzTarget.Parser {
  @Override
  public void feed(byte[] input) {
    Bytes body = Bytes.wrap(input);
    FlvTrackReader tracks = new FlvTrackReader();
    // Twice: what was learned from the first must not make the second fail.
    for (int i = 0; i < 2; i++) {
      try {
        tracks.video(body, 0);
      } catch (MalformedMediaException e) {
        FuzzTarget.check(e.getMessage() != null, "refused without a word");
      }
      try {
        tracks.audio(body, 0);
      } catch (MalformedMediaException e) {
        FuzzTarget.check(e.getMessage() != null, "refused without a word");
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
        // A sequence header; its record: one SPS of 1920 × 1080 with timing, one PPS.
        hex(
            "1700000000"
                + "01640028ffe1001d67640028acd940780227e5c05a808080a000007d20001d4c01e30632c001000668eb"
                + "e3cb22c0fdf8f800"),
        hex("1701000042" + "000000056588840000" + "00000002419a"),
        hex("2701000000" + "00000002419a"),
        hex("af001190"),
        hex("af0121100500a01ba0"),
        // What tells without a record: an SPS and a PPS before an IDR picture; an ADTS header.
        hex("1701000000" + "0000000a6742c01eda0280bfe5c0" + "0000000468ce3c80" + "000000026588"),
        hex("af01" + "fff14c8001bffc" + "211004608c1c"),
        hex("9068766331"),
        // AV1 without a record, Opus, and a ModEx before two tracks of AAC.
        hex("9061763031"),
        hex("904f7075734f707573486561640102380180bb0000000000"),
        hex("970200000160" + "6d703461" + "00000002" + "1190" + "01000002" + "1190"));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
