package io.millrace.fabric.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private static final int MOST = 1_000;

  private final Pieces pieces = new Pieces();
  private final PieceAssembler assembler = new PieceAssembler(1 << 20);

  private List<UnsafeBuffer> cut(Bytes message) {
    return cut(message, MOST);
  }

  private List<UnsafeBuffer> cut(Bytes message, int most) {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(message.length() + 8);
    buffer.putBytes(0, message.toArray());
    List<UnsafeBuffer> cut = new ArrayList<>();
    pieces.begin();
    for (int i = 0; i < Pieces.count(message.length(), most); i++) {
      int size = pieces.write(buffer, message.length(), i, most);
      UnsafeBuffer piece = new UnsafeBuffer(new byte[Pieces.HEAD_BYTES + size]);
      piece.putBytes(0, pieces.head(), 0, Pieces.HEAD_BYTES);
      piece.putBytes(Pieces.HEAD_BYTES, buffer, Pieces.start(i, most), size);
      cut.add(piece);
    }
    return cut;
  }

  private UnsafeBuffer add(UnsafeBuffer piece) {
    assertThat(PieceAssembler.isPiece(piece, 0, piece.capacity())).isTrue();
    return assembler.add(piece, 0, piece.capacity());
  }

  private static Bytes bytesOf(UnsafeBuffer whole) {
    byte[] bytes = new byte[whole.capacity()];
    whole.getBytes(0, bytes);
    return Bytes.wrap(bytes);
  }

  @Test
  void joinsWhatWasCut() {
    for (int length : new int[] {1, 955, 956, 957, 5_000, 300_000, 1 << 20}) {
      Bytes message = WireSamples.bytes(length);
      List<UnsafeBuffer> cut = cut(message);

      assertThat(cut).allMatch(piece -> piece.capacity() <= MOST);
      for (UnsafeBuffer piece : cut.subList(0, cut.size() - 1)) {
        assertThat(add(piece)).isNull();
      }
      assertThat(bytesOf(add(cut.getLast()))).isEqualTo(message);
      assertThat(assembler.partialBytes()).isZero();
    }
  }

  @Test
  void joinsTheSameHoweverLongThePiecesAre() {
    Bytes message = WireSamples.bytes(300);
    for (int most = Pieces.HEAD_BYTES + 1; most <= Pieces.HEAD_BYTES + message.length(); most++) {
      List<UnsafeBuffer> cut = cut(message, most);
      for (UnsafeBuffer piece : cut.subList(0, cut.size() - 1)) {
        assertThat(add(piece)).isNull();
      }
      assertThat(bytesOf(add(cut.getLast()))).as("pieces of %d", most).isEqualTo(message);
    }
  }

  @Test
  void refusesAPieceThatDoesNotContinueAndBeginsAnewWithTheNextMessage() {
    List<UnsafeBuffer> one = cut(WireSamples.bytes(3_000));
    List<UnsafeBuffer> two = cut(WireSamples.bytes(2_000));

    add(one.get(0));
    assertThatThrownBy(() -> add(one.get(2)))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.OUT_OF_ORDER));
    assertThat(assembler.partialBytes()).isZero();
    assertThatThrownBy(() -> add(one.get(3))).isInstanceOf(WireException.class);
    add(one.get(0));
    add(two.get(0));
    add(two.get(1));

    assertThat(bytesOf(add(two.get(2)))).isEqualTo(WireSamples.bytes(2_000));
  }

  @Test
  void refusesWrongBytes() {
    List<UnsafeBuffer> cut = cut(WireSamples.bytes(1_500));
    UnsafeBuffer second = cut.get(1);
    second.putByte(second.capacity() - 1, (byte) (second.getByte(second.capacity() - 1) ^ 1));

    add(cut.get(0));

    assertThatThrownBy(() -> add(second))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.CHECKSUM));
  }

  @Test
  void refusesWhatIsTooLongBeforeTakingMemory() {
    UnsafeBuffer first = cut(WireSamples.bytes(1_500)).getFirst();
    // Total length: after the header (12) and the message's number (8).
    for (int total : new int[] {(1 << 20) + 1, Integer.MAX_VALUE, -1}) {
      first.putInt(20, total, ByteOrder.LITTLE_ENDIAN);

      assertThatThrownBy(() -> add(first))
          .isInstanceOfSatisfying(
              WireException.class,
              e -> assertThat(e.reason()).isEqualTo(WireException.Reason.TOO_LONG));
    }
    assertThat(assembler.partialBytes()).isZero();
  }

  @Test
  void garbageIsJoinedOrRefusedAndNothingElse() {
    Random random = new Random(4);
    for (int i = 0; i < 6_000; i++) {
      List<UnsafeBuffer> cut = cut(WireSamples.bytes(1 + random.nextInt(4_000)));
      for (UnsafeBuffer piece : cut) {
        if (random.nextInt(3) == 0) {
          piece.putByte(2 + random.nextInt(Pieces.HEAD_BYTES - 2), (byte) random.nextInt());
        }
        try {
          UnsafeBuffer whole = assembler.add(piece, 0, piece.capacity());
          assertThat(whole == null || whole.capacity() <= 1 << 20).isTrue();
        } catch (WireException e) {
          assertThat(assembler.partialBytes()).isZero();
        }
      }
    }
  }
}
