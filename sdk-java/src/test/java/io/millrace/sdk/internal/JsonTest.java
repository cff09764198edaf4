package io.millrace.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static JsonObject read(String text) {
    return Json.object(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsWrittenIsReadTheSame() {
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("n", 42L);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("a", "\"\\\n\u0000 ü😀");
    object.put("part", part);

    JsonObject read = Json.object(Json.write(object));

    assertThat(read.string("a")).isEqualTo("\"\\\n\u0000 ü😀");
    assertThat(read.object("part").integer("n")).isEqualTo(42);
  }

  @Test
  void absentAndNullAreTheSame() {
    JsonObject object = read("{\"a\": null}");

    assertThat(object.optionalString("a")).isNull();
    assertThat(object.optionalString("b")).isNull();
    assertThat(object.objects("a")).isEmpty();
    assertThatThrownBy(() -> object.string("a")).hasMessage("a: missing (expected: a string)");
  }

  @Test
  void whatIsTooLargeInAnyWayIsRefused() {
    assertRefused("{\"a\":\"" + "x".repeat(1024 * 1024 + 1) + "\"}");
    assertRefused("{\"" + "x".repeat(2_000) + "\":1}");
    assertRefused("{\"a\":" + "1".repeat(200) + "}");
    assertRefused("{\"a\":".repeat(50) + "1" + "}".repeat(50));
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void everyPrefixOfADocumentIsRefused() {
    String whole = "{\"a\": [1, -2.5e3, true, false, null, \"\\u00fc\"], \"b\": {\"c\": {}}}";
    assertThat(read(whole).object("b").object("c")).isNotNull();

    for (int length = 0; length < whole.length(); length++) {
      assertRefused(whole.substring(0, length));
    }
  }

  @Test
  void changedBytesAreReadOrRefused() {
    byte[] whole =
        "{\"a\": [1, -2.5e3, true, false, null, \"\\u00fc\"], \"b\": {\"c\": {}}}"
            .getBytes(StandardCharsets.UTF_8);
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(Json.object(bytes)).as("seed %d", seed).isNotNull();
      } catch (FormatException e) {
        assertThat(e).as("seed %d", seed).hasMessageNotContaining("\n\n");
      }
    }
  }
}
