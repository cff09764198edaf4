package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final Bytes WHOLE = Bytes.ofHex("00010203040506070809");

  /** The same bytes, of pieces that are empty, short and long. */
  private static final Bytes JOINED =
      Bytes.join(
          List.of(WHOLE.slice(0, 3), Bytes.EMPTY, WHOLE.slice(3, 1), WHOLE.slice(4), Bytes.EMPTY));

  @Test
  void whatIsJoinedIsAsIfItWereOne() throws Exception {
    assertThat(JOINED).isEqualTo(WHOLE).hasSameHashCodeAs(WHOLE);
    assertThat(JOINED.length()).isEqualTo(10);
    assertThat(JOINED.toArray()).isEqualTo(WHOLE.toArray());
    assertThat(JOINED.toHex()).isEqualTo(WHOLE.toHex());
    assertThat(JOINED.asByteBuffer()).isEqualTo(WHOLE.asByteBuffer());
    assertThat(JOINED.compact()).isEqualTo(WHOLE);
    for (int from = 0; from <= 10; from++) {
      for (int count = 0; count <= 10 - from; count++) {
        assertThat(JOINED.slice(from, count)).isEqualTo(WHOLE.slice(from, count));
      }
    }
    for (int i = 0; i < 10; i++) {
      assertThat(JOINED.get(i)).isEqualTo(WHOLE.get(i));
    }
    MessageDigest one = MessageDigest.getInstance("SHA-256");
    MessageDigest other = MessageDigest.getInstance("SHA-256");
    JOINED.digestBy(one);
    WHOLE.digestBy(other);
    assertThat(one.digest()).isEqualTo(other.digest());
  }

  @Test
  void nothingJoinedIsEmpty() {
    assertThat(Bytes.join(List.of())).isEqualTo(Bytes.EMPTY);
    assertThat(Bytes.join(List.of()).isEmpty()).isTrue();
  }

  @Test
  void refusesWhatIsOutside() {
    for (Bytes bytes : List.of(WHOLE, JOINED)) {
      assertThatThrownBy(() -> bytes.get(10)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> bytes.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> bytes.slice(5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> bytes.copyTo(new byte[9], 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aSmallSliceDoesNotKeepALargeArray() {
    byte[] message = new byte[1_000];
    Bytes nearlyAll = Bytes.wrap(message, 5, 995);

    assertThat(nearlyAll.compact()).isSameAs(nearlyAll);
    Bytes few = Bytes.wrap(message, 10, 20).compact();
    message[10] = 1;
    assertThat(few.get(0)).isZero();
  }
}
