package io.millrace.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/settings.md} tells every setting as it is; {@code -Dmillrace.golden.rewrite=true}
 * writes it anew.
 */
class SettingsReferenceTest {
  private static final Path REFERENCE = Path.of("../docs/settings.md");

  @Test
  void theReferenceTellsEverySettingAsItIs() throws Exception {
    String reference = SettingsReference.markdown();

    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(REFERENCE, reference);
    }

    assertThat(REFERENCE).hasContent(reference);
  }
}
