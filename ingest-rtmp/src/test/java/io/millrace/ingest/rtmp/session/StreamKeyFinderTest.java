package io.millrace.ingest.rtmp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.StreamKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamKeyFinderTest {
  @ParameterizedTest
  @CsvSource({
    "live, KEY",
    "live/, KEY",
    "live, KEY?a=b?c",
    "live?token=x, KEY/",
    "live/KEY, ''",
    "live/KEY/, ''",
    "live/KEY?a=b, ''",
    "app, instance/KEY",
    "'', KEY"
  })
  void findsTheKeyWhereverItStands(String app, String name) {
    assertThat(StreamKeyFinder.find(app, name)).isEqualTo(StreamKey.of("KEY"));
  }

  @ParameterizedTest
  @CsvSource({"live, ''", "live, '?KEY'", "'', ''", "live/, '//'"})
  void findsNone(String app, String name) {
    assertThat(StreamKeyFinder.find(app, name).isEmpty()).isTrue();
  }
}
