package io.millrace.ingest.rtmp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimestampUnwrapperTest {
  @Test
  void goesOnBeyondThirtyTwoBits() {
    assertThat(unwrap(0xF000_0000L, 0xFFFF_FF00L, 0xFFFF_FFF0L, 0x10L, 0xFFFF_FFFFL, 0x20L))
        .containsExactly(
            0xF000_0000L, 0xFFFF_FF00L, 0xFFFF_FFF0L, 0x1_0000_0010L, 0xFFFF_FFFFL, 0x1_0000_0020L);
  }

  @Test
  void goesOnBeyondThirtyOneBitsAsObsWrapsThem() {
    assertThat(unwrap(0x7000_0000L, 0x7FFF_FFF0L, 0x8L, 0x7FFF_FFFFL, 0x20L))
        .containsExactly(0x7000_0000L, 0x7FFF_FFF0L, 0x8000_0008L, 0x7FFF_FFFFL, 0x8000_0020L);
  }

  @Test
  void goesThroughTheHighestBitWithoutAWrap() {
    assertThat(unwrap(0x7000_0000L, 0x7FFF_FFF0L, 0x8000_0010L))
        .containsExactly(0x7000_0000L, 0x7FFF_FFF0L, 0x8000_0010L);
  }

  @Test
  void readsTimesBelowZeroAtTheStart() {
    assertThat(unwrap(0x7FFF_FFDFL, 0, 33)).containsExactly(-33, 0, 33);
    assertThat(unwrap(0xFFFF_FFDFL, 0, 33)).containsExactly(-33, 0, 33);
    assertThat(unwrap(0, 0x7FFF_FFDFL, 33)).containsExactly(0, -33, 33);
  }

  @Test
  void keepsJumpsForThePackager() {
    assertThat(unwrap(1_000, 16_000_000, 20)).containsExactly(1_000, 16_000_000, 20);
  }

  private static long[] unwrap(long... timestamps) {
    TimestampUnwrapper unwrapper = new TimestampUnwrapper();
    return Arrays.stream(timestamps).map(ts -> unwrapper.unwrap((int) ts)).toArray();
  }
}
