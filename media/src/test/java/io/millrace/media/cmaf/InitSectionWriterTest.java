package io.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.Box;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.MasteringDisplay;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static Box sampleEntry(CodecConfiguration codec) {
    TrackKind kind = codec instanceof VideoConfiguration ? TrackKind.VIDEO : TrackKind.AUDIO;
    List<Box> init = Box.all(InitSectionWriter.write(Track.of(1, kind, codec, 48_000)));
    return Box.all(find(init, "moov", "trak", "mdia", "minf", "stbl", "stsd").body().slice(8))
        .getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    // HE: the rate that comes out of a decoder; MP3 and its MPEG-2; AudioSpecificConfig or none
    "aac, 2b118800, mp4a, 0002 0010 bb800000, esds, 00000000 03 1b 0000 00 04 13 40 15 000000"
        + " 00000000 00000000 05 04 2b118800 06 01 02",
    // HE v2: parametric stereo makes two channels
    "aac, eb098800, mp4a, 0002 0010 bb800000, esds, 00000000 03 1b 0000 00 04 13 40 15 000000"
        + " 00000000 00000000 05 04 eb098800 06 01 02",
    "mp3, fffb5064, mp4a, 0002 0010 ac440000,"
        + " esds, 00000000 03 15 0000 00 04 0d 6b 15 000000 00000000 00000000 06 01 02",
    "mp3, fff394c4, mp4a, 0001 0010 5dc00000,"
        + " esds, 00000000 03 15 0000 00 04 0d 69 15 000000 00000000 00000000 06 01 02",
    "opus, 00 02 0138 0000bb80 0000 00, Opus, 0002 0010 bb800000,"
        + " dOps, 00 02 0138 0000bb80 0000 00",
    "ac3, 503de0, ac-3, 0006 0010 ac440000, dac3, 503de0",
    "eac3, 0020200400, ec-3, 0002 0010 bb800000, dec3, 0020200400",
    // FLAC of 24 bits at 96 kHz: the greatest regular division that fits
    "flac, 1000 1000 000000 000000 17700370 00000000 00000000000000000000000000000000,"
        + " fLaC, 0002 0018 bb800000, dfLa, 00000000 80000022 1000 1000 000000 000000 17700370"
        + " 00000000 00000000000000000000000000000000",
  })
  void describesSoundOfEveryCodec(
      String codec, String hex, String type, String head, String boxType, String body) {
    Bytes record = Bytes.ofHex(hex);
    Box entry =
        sampleEntry(
            switch (codec) {
              case "aac" -> AacConfiguration.parse(record);
              case "mp3" -> Mp3Configuration.parse(record);
              case "opus" -> OpusConfiguration.parse(record);
              case "ac3" -> Ac3Configuration.parse(record);
              case "eac3" -> Eac3Configuration.parse(record);
              default -> FlacConfiguration.parse(record);
            });

    assertThat(entry.type()).isEqualTo(type);
    // channels | sample size | zeros | rate
    assertThat(entry.body().slice(16, 4).toHex() + entry.body().slice(24, 4).toHex())
        .isEqualTo(head.replace(" ", ""));
    Box box = Box.all(entry.body().slice(28)).getFirst();
    assertThat(box.type()).isEqualTo(boxType);
    assertThat(box.body()).isEqualTo(Bytes.ofHex(body));
  }

  @Test
  void writesTheVersionAndTheLevelThatARecordLacks() {
    Bytes hvcC = Bytes.ofHex("00 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 00");
    Bytes vpcC = Bytes.ofHex("00 00 82 02 02 02 0000");
    PictureFormat picture = PictureFormat.of(1_920, 1_080, 60);

    Box hvc1 = sampleEntry(HevcConfiguration.parse(hvcC).withPicture(picture));
    assertThat(Box.all(hvc1.body().slice(78)).getFirst())
        .isEqualTo(new Box("hvcC", 0, Bytes.ofHex("01" + hvcC.slice(1).toHex())));
    Box vp09 = sampleEntry(Vp9Configuration.parse(vpcC).withPicture(picture));
    assertThat(Box.all(vp09.body().slice(78)).getFirst())
        .isEqualTo(new Box("vpcC", 0, Bytes.ofHex("01000000 00 29 82 02 02 02 0000")));
  }

  @Test
  void writesARangeWithoutAColour() {
    PictureFormat picture =
        PictureFormat.of(64, 48, 0).withColour(new Colour(2, 2, 2, /* fullRange= */ true));
    Bytes avcC = Bytes.ofHex("01 64 00 28 ff e0 00");

    Box avc1 = sampleEntry(AvcConfiguration.parse(avcC).withPicture(picture));

    assertThat(Box.all(avc1.body().slice(78)).getLast())
        .extracting(Box::type, Box::body)
        .containsExactly("colr", Bytes.ofHex("6e636c78 0002 0002 0002 80"));
  }

  @Test
  void describesPicturesOfEveryCodecWithTheirHdrMarks() {
    PictureFormat picture =
        new PictureFormat(
            64,
            48,
            4,
            3,
            0,
            10,
            1,
            new Colour(9, 16, 9, true),
            new MasteringDisplay(
                new Chromaticity(1, 2),
                new Chromaticity(3, 4),
                new Chromaticity(5, 6),
                new Chromaticity(7, 8),
                10_000_000,
                50),
            new ContentLight(1_000, 400));
    Bytes hvcC =
        Bytes.ofHex(
            "01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 03"
                + "20 0001 0002 4001  22 0000  27 0001 0002 4e01");
    Bytes av1C = Bytes.ofHex("81 00 0c 00");
    Bytes vpcC = Bytes.ofHex("00 0a 82 02 02 02 0000");

    Box hvc1 = sampleEntry(HevcConfiguration.parse(hvcC).withPicture(picture));
    assertThat(hvc1.type()).isEqualTo("hvc1");
    assertThat(hvc1.body().slice(24, 4)).isEqualTo(Bytes.ofHex("0040 0030"));
    List<Box> boxes = Box.all(hvc1.body().slice(78));
    assertThat(boxes).extracting(Box::type).containsExactly("hvcC", "pasp", "colr", "clli", "mdcv");
    // Of hvc1, the arrays of parameter sets are complete; that of SEI messages is as it was.
    assertThat(boxes.get(0).body().slice(23))
        .isEqualTo(Bytes.ofHex("a0 0001 0002 4001  a2 0000  27 0001 0002 4e01"));
    assertThat(boxes.get(1).body()).isEqualTo(Bytes.ofHex("00000004 00000003"));
    assertThat(boxes.get(2).body()).isEqualTo(Bytes.ofHex("6e636c78 0009 0010 0009 80"));
    assertThat(boxes.get(3).body()).isEqualTo(Bytes.ofHex("03e8 0190"));
    assertThat(boxes.get(4).body())
        .isEqualTo(Bytes.ofHex("0001 0002 0003 0004 0005 0006 0007 0008 00989680 00000032"));

    Box av01 = sampleEntry(Av1Configuration.parse(av1C).withPicture(picture));
    assertThat(av01.type()).isEqualTo("av01");
    assertThat(Box.all(av01.body().slice(78)).getFirst()).isEqualTo(new Box("av1C", 0, av1C));
    Box vp09 = sampleEntry(Vp9Configuration.parse(vpcC).withPicture(picture));
    assertThat(vp09.type()).isEqualTo("vp09");
    assertThat(Box.all(vp09.body().slice(78)).getFirst())
        .isEqualTo(new Box("vpcC", 0, Bytes.ofHex("01000000" + vpcC.toHex())));
  }
}
