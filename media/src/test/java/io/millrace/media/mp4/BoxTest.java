package io.millrace.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import org.junit.jupiter.api.Test;

class BoxTest {
  @Test
  void fillsInTheSizesOfNestedBoxes() {
    Bytes written =
        new BoxWriter().box("moov").fullBox("trex", 1, 0x0203).u64(5).end().end().toBytes();

    // moov: size, type | trex: size, type, version, flags, eight bytes
    assertThat(written)
        .isEqualTo(Bytes.ofHex("0000001c 6d6f6f76 00000014 74726578 01 000203 0000000000000005"));
    assertThat(Box.all(written).getFirst().children().getFirst().type()).isEqualTo("trex");
  }

  @Test
  void growsBeyondItsFirstBuffer() {
    Bytes written = new BoxWriter().box("free").zeros(100_000).u8(7).end().toBytes();

    assertThat(written.length()).isEqualTo(100_009);
    assertThat(written.get(100_008)).isEqualTo((byte) 7);
  }

  @Test
  void aBoxLeftOpenIsAMistake() {
    BoxWriter writer = new BoxWriter().box("free");

    assertThatThrownBy(writer::toBytes).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesSizesThatCannotBe() {
    for (String hex :
        new String[] {"00", "00000007 66726565", "00000009 66726565", "ffffffff 66726565 00"}) {
      assertThatThrownBy(() -> Box.all(Bytes.ofHex(hex)))
          .isInstanceOf(MalformedMediaException.class);
    }
  }
}
