package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AacConfigurationTest {
  @ParameterizedTest
  @CsvSource({
    // LC, 44.1 kHz, stereo
    "1210,2,44100,2,1024",
    // LC, 48 kHz, mono
    "1188,2,48000,1,1024",
    // LC, 48 kHz, stereo, frames of 960
    "1194,2,48000,2,960",
    // LC 48 kHz with FFmpeg's trailing sync extension that says: no SBR
    "119056e500,2,48000,2,1024",
    // HE, explicit and hierarchical: core 24 kHz, extension 48 kHz
    "2b118800,5,24000,2,1024",
    // HE v2, explicit and hierarchical: core 24 kHz mono
    "eb098800,29,24000,1,1024",
    // HE, explicit and backward compatible: LC 24 kHz, sync 0x2B7, SBR at 48 kHz
    "131056e598,5,24000,2,1024",
    // LC with the rate in 24 bits: 44,100
    "17805622 10,2,44100,2,1024",
    // LC 48 kHz, channelConfiguration 7 is 7.1
    "11b8,2,48000,8,1024",
  })
  void readsRateChannelsAndFrameLength(
      String hex, int objectType, int sampleRate, int channels, int frameLength) {
    AacConfiguration aac = AacConfiguration.parse(Bytes.ofHex(hex));

    assertThat(aac.objectType()).isEqualTo(objectType);
    assertThat(aac.sampleRate()).isEqualTo(sampleRate);
    assertThat(aac.channels()).isEqualTo(channels);
    assertThat(aac.frameLength()).isEqualTo(frameLength);
    assertThat(aac.codecsString()).isEqualTo("mp4a.40." + objectType);
  }

  @ParameterizedTest
  @CsvSource({
    // HE and HE v2, explicit and hierarchical: 48 kHz come out of a core of 24
    "2b118800,48000,2",
    "eb098800,48000,2",
    // HE, explicit and backward compatible
    "131056e598,48000,2",
    // LC
    "1190,48000,2",
  })
  void tellsWhatComesOutOfADecoder(String hex, int sampleRate, int channels) {
    AacConfiguration aac = AacConfiguration.parse(Bytes.ofHex(hex));

    assertThat(aac.outputSampleRate()).isEqualTo(sampleRate);
    assertThat(aac.outputChannels()).isEqualTo(channels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "1690", "0010", "fff0", "11d0", "1780000100", "2b", "2b11"})
  void refusesWhatItCannotRead(String hex) {
    assertThatThrownBy(() -> AacConfiguration.parse(Bytes.ofHex(hex)))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void answersAnyTwoBytesAndMoreWithAValueOrTheTypedException() {
    int read = 0;
    for (int value = 0; value < 65_536; value++) {
      Bytes bytes = Bytes.wrap(new byte[] {(byte) (value >> 8), (byte) value, 0x56, (byte) 0xE5});
      try {
        read += AacConfiguration.parse(bytes).sampleRate() > 0 ? 1 : 0;
      } catch (MalformedMediaException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
    assertThat(read).isPositive();
  }
}
