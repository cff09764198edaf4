package io.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tag's body came in chunks, and its bytes need not lie in a row. */
class SplitTagsTest {
  private static final int RANDOM_SPLITS = 1_000;
  private static final String HD_SETS =
      "0000001d 67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0 00000006 68ebe3cb22c0";
  private static final String SMALL_SETS =
      "00000019 6742c01ed900a02ff97011000003000100000300320f162e48 00000005 68cb83cb20";
  private static final String HEVC_SETS =
      "00000018 40010c01ffff02200000030090000003000003001e959009 0000002a"
          + " 42010102200000030090000003000003001ea02083136595912930bc05a84880482000007d20000ea601"
          + " 00000006 4401c073c089";
  private static final String HEVC_RECORD =
      "01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 03 20 0001 0018"
          + " 40010c01ffff02200000030090000003000003001e959009 21 0001 002a"
          + " 42010102200000030090000003000003001ea02083136595912930bc05a84880482000007d20000ea601"
          + " 22 0001 0006 4401c073c089";
  private static final String AV1_HEADER = "0a0d 00000002aff79b5f2204040208";

  /** A player's command and metadata, and each codec's record and frames: v or a, then the body. */
  private static final String AVC =
      "v 5700,v 17 00 000000"
          + " 01640028ffe1001d67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0"
          + "01000668ebe3cb22c0fdf8f800"
          + (",v 17 01 000021 00000002 0910" + HD_SETS + "00000003 65b804 00000000 00000002 0605")
          + ",v 27 01 ffffdf 00000002 419a 0000000c 0605ffff000102030405060708"
          + (",v 17 01 000000" + SMALL_SETS + "00000003 65b804")
          + ",v 17 02 000000";

  private static final String AVC_WITHOUT_RECORD =
      "v 27 01 000000 00000002 419a"
          + (",v 17 01 000000" + HD_SETS + "00000003 65b804")
          + ",v 27 01 000000 00000002 419a";
  private static final String HEVC =
      ("v 90 68766331" + HEVC_RECORD)
          + (",v 91 68766331 000010" + HEVC_SETS + "00000003 2a01af")
          + ",v a3 68766331 00000003 0201af 00000009 4e01900403e8019080";
  private static final String AV1 =
      ("v 90 61763031 81 00 0c 00" + AV1_HEADER)
          + (",v 91 61763031 1200" + AV1_HEADER + "32 02 1000")
          + ",v a1 61763031 1200 32 02 3000";
  private static final String VP9 =
      "v 90 76703039 00 0a 82 02 02 02 0000"
          + ",v 91 76703039 82 498342 00 03f0 02f0"
          + ",v a1 76703039 86 004092"
          + ",v 84 76703039 02 0009 636f6c6f72496e666f 03 0006 686472436c6c 03"
          + " 0006 6d6178434c4c 00 408f400000000000 000009 000009";
  private static final String AAC =
      "a af 00 119056e500,a af 01 211004608c1c,a af 01 fff14c8001bffc211004608c1c"
          + ",a 95 00 6d703461 02 1210,a 95 01 6d703461 02 2110"
          + ",a 97 020000 01 60 6d703461 00 000002 1190 01 000002 1190";
  private static final String ADTS =
      "a af 01 fff14c8001bffc211004608c1c fff14c8001bffc211004608c1c"
          + ",a af 01 fff04c8001fffc abcd 211004608c1c";
  private static final String OPUS =
      "a 90 4f707573 4f707573486561640102380180bb0000000000,a 91 4f707573 7c88";
  private static final String AC3 =
      "a 91 61632d33 0b77 388c 0c 40 43e1 06f0,a 91 61632d33 0b77 0000 4c 40 43e1 06f0";

  private record Tag(boolean video, Bytes body) {}

  private static List<Tag> tags(String text) {
    return Arrays.stream(text.split(","))
        .map(tag -> new Tag(tag.startsWith("v"), Bytes.ofHex(tag.substring(1))))
        .toList();
  }

  /** What is read of all, where the body of one lies as told. */
  private static List<FlvEvent> read(List<Tag> tags, int which, UnaryOperator<Bytes> lying) {
    FlvTrackReader tracks = new FlvTrackReader();
    List<FlvEvent> events = new ArrayList<>();
    for (int i = 0; i < tags.size(); i++) {
      Tag tag = tags.get(i);
      Bytes body = i == which ? lying.apply(tag.body) : tag.body;
      events.addAll(tag.video ? tracks.video(body, 0) : tracks.audio(body, 0));
    }
    return events;
  }

  private static Bytes cut(Bytes body, int... places) {
    List<Bytes> pieces = new ArrayList<>();
    int from = 0;
    for (int place : places) {
      pieces.add(body.slice(from, place - from));
      from = place;
    }
    pieces.add(body.slice(from));
    return Bytes.join(pieces);
  }

  @ParameterizedTest
  @ValueSource(strings = {AVC, AVC_WITHOUT_RECORD, HEVC, AV1, VP9, AAC, ADTS, OPUS, AC3})
  void readsTheSameAtEverySplitAndOfThreePieces(String text) {
    List<Tag> tags = tags(text);
    List<FlvEvent> whole = read(tags, -1, UnaryOperator.identity());
    assertThat(whole).hasAtLeastOneElementOfType(FlvEvent.AccessUnit.class);
    Random random = new Random(3);

    for (int which = 0; which < tags.size(); which++) {
      int length = tags.get(which).body.length();
      for (int at = 0; at <= length; at++) {
        int place = at;
        assertThat(read(tags, which, body -> cut(body, place)))
            .as("tag %d split at %d", which, at)
            .isEqualTo(whole);
      }
      for (int i = 0; i < RANDOM_SPLITS; i++) {
        int first = random.nextInt(length + 1);
        int second = random.nextInt(first, length + 1);
        assertThat(read(tags, which, body -> cut(body, first, second)))
            .as("tag %d split at %d and %d", which, first, second)
            .isEqualTo(whole);
      }
    }
  }
}
