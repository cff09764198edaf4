package io.millrace.bench.fuzz;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvAudioTag;
import io.millrace.media.flv.FlvTagReader;
import io.millrace.media.flv.FlvVideoTag;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import java.util.HexFormat;
import java.util.List;

/** Tag bodies, and within them the configurations of the codecs. */
final class FlvFuzz implements FuzzTarget.Parser {
  private static final AvcConfiguration AVC = AvcConfiguration.parse(Bytes.ofHex("01640028ffe000"));

  @Override
  public void feed(byte[] input) {
    Bytes body = Bytes.wrap(input);
    try {
      switch (FlvTagReader.video(body)) {
        case FlvVideoTag.AvcSequenceHeader header -> AvcConfiguration.parse(header.configuration());
        case FlvVideoTag.AvcFrame frame -> AVC.isIdr(frame.data());
        case FlvVideoTag.AvcEndOfSequence end -> {}
        case FlvVideoTag.Ignored ignored -> {}
        case FlvVideoTag.Unsupported unsupported -> {}
      }
    } catch (MalformedMediaException e) {
      FuzzTarget.check(e.getMessage() != null, "refused without a word");
    }
    try {
      switch (FlvTagReader.audio(body)) {
        case FlvAudioTag.AacSequenceHeader header -> AacConfiguration.parse(header.configuration());
        case FlvAudioTag.AacFrame frame -> {}
        case FlvAudioTag.Ignored ignored -> {}
        case FlvAudioTag.Unsupported unsupported -> {}
      }
    } catch (MalformedMediaException e) {
      FuzzTarget.check(e.getMessage() != null, "refused without a word");
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
        hex("9068766331"));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
