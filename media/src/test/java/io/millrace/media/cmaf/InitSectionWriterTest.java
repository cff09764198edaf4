package io.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.Box;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitSectionWriterTest {
  private static final String HD =
      "01640028ffe1001d67640028acd940780227e5c05a808080a000007d20001d4c01e30632c001000668ebe3cb22c0fdf8f800";

  private static Box find(List<Box> boxes, String... path) {
    Box box = null;
    List<Box> level = boxes;
    for (String type : path) {
      box = level.stream().filter(b -> b.type().equals(type)).findFirst().orElseThrow();
      level =
          List.of("moov", "trak", "mdia", "minf", "stbl", "mvex").contains(type)
              ? box.children()
              : List.of();
    }
    assertThat(box).isNotNull();
    return box;
  }

  @Test
  void describesAPictureWithWhatTheEncoderToldOfIt() {
    Track track = Track.of(1, TrackKind.VIDEO, AvcConfiguration.parse(Bytes.ofHex(HD)), 90_000);
    List<Box> init = Box.all(InitSectionWriter.write(track));

    assertThat(init).extracting(Box::type).containsExactly("ftyp", "moov");
    ByteBuffer mdhd = find(init, "moov", "trak", "mdia", "mdhd").body().asByteBuffer();
    assertThat(mdhd.getInt(12)).isEqualTo(90_000);
    ByteBuffer tkhd = find(init, "moov", "trak", "tkhd").body().asByteBuffer();
    assertThat(tkhd.getInt(12)).isEqualTo(1);
    assertThat(tkhd.getInt(76)).isEqualTo(1920 << 16);
    assertThat(tkhd.getInt(80)).isEqualTo(1080 << 16);
    Bytes stsd = find(init, "moov", "trak", "mdia", "minf", "stbl", "stsd").body();
    Bytes avc1 = Box.all(stsd.slice(8)).getFirst().body();
    List<Box> boxes = Box.all(avc1.slice(78));
    assertThat(boxes).extracting(Box::type).containsExactly("avcC", "pasp", "colr");
    assertThat(boxes.get(0).body().toHex()).isEqualTo(HD);
    assertThat(boxes.get(1).body()).isEqualTo(Bytes.ofHex("00000001 00000001"));
    assertThat(boxes.get(2).body()).isEqualTo(Bytes.ofHex("6e636c78 0001 0001 0001 00"));
  }

  @Test
  void describesSoundByItsConfiguration() {
    Track track =
        new Track(
            2,
            TrackKind.AUDIO,
            AacConfiguration.parse(Bytes.ofHex("119056e500")),
            48_000,
            "de",
            "",
            "",
            "",
            "");
    List<Box> init = Box.all(InitSectionWriter.write(track));

    Bytes stsd = find(init, "moov", "trak", "mdia", "minf", "stbl", "stsd").body();
    Bytes mp4a = Box.all(stsd.slice(8)).getFirst().body();
    // channels | sample size | zeros | rate
    assertThat(mp4a.slice(16, 12)).isEqualTo(Bytes.ofHex("0002 0010 00000000 bb800000"));
    // ES: length, id, flags | decoder: AAC, audio, sizes | AudioSpecificConfig | SL
    assertThat(Box.all(mp4a.slice(28)).getFirst().body())
        .isEqualTo(
            Bytes.ofHex(
                """
                00000000 03 1c 0000 00
                04 14 40 15 000000 00000000 00000000
                05 05 119056e500
                06 01 02
                """));
    // d, e, u: five bits each.
    ByteBuffer mdhd = find(init, "moov", "trak", "mdia", "mdhd").body().asByteBuffer();
    assertThat(mdhd.getShort(20)).isEqualTo((short) (4 << 10 | 5 << 5 | 21));
  }
}
