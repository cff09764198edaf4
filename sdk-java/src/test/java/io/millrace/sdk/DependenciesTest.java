package io.millrace.sdk;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The library needs Java and one JSON reader, and nothing of Millrace's other modules. */
class DependenciesTest {
  private final JavaClasses main =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.millrace");

  @Test
  void dependsOnNothingElse() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "javax.crypto..",
                "io.millrace.sdk..",
                "org.jspecify.annotations",
                "tools.jackson.core.."))
        .check(main);
  }

  @Test
  void onlyOneClassKnowsTheJsonReader() {
    classes()
        .that()
        .haveNameNotMatching(".*\\.Json(\\$.*)?")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..", "javax.crypto..", "io.millrace.sdk..", "org.jspecify.annotations"))
        .check(main);
  }
}
