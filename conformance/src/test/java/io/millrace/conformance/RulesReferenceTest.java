package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/conformance.md} tells every rule as it is; {@code -Dmillrace.golden.rewrite=true}
 * writes it anew.
 */
class RulesReferenceTest {
  private static final Path REFERENCE = Path.of("../docs/conformance.md");

  @Test
  void theReferenceTellsEveryRuleAsItIs() throws Exception {
    String reference = RulesReference.markdown();

    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(REFERENCE, reference);
    }

    assertThat(REFERENCE).hasContent(reference);
  }
}
