package io.millrace.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the module's dependencies to the table of docs/ARCHITECTURE.md. */
final class ModuleDependenciesTest {
  private static final String OURS = "io.millrace.";

  /** Root package of each module; a longer one wins. */
  private static final Map<String, String> MODULES =
      Map.ofEntries(
          entry("io.millrace.limits", "limits"),
          entry("io.millrace.conformance", "conformance"),
          entry("io.millrace.media", "media"),
          entry("io.millrace.fabric", "fabric"),
          entry("io.millrace.control.link", "control-link"),
          entry("io.millrace.control.token", "control-link"),
          entry("io.millrace.ingest", "ingest"),
          entry("io.millrace.ingest.rtmp", "ingest-rtmp"),
          entry("io.millrace.packager", "packager"),
          entry("io.millrace.window", "window"),
          entry("io.millrace.delivery", "delivery"),
          entry("io.millrace.origin", "origin-node"),
          entry("io.millrace.edge", "edge-node"),
          entry("io.millrace.web", "web"),
          entry("io.millrace.control", "control-plane"),
          entry("io.millrace.server", "server"));

  /** What each module may depend on; what those depend on is allowed too. */
  private static final Map<String, List<String>> MAY_DEPEND_ON =
      Map.ofEntries(
          entry("limits", List.of()),
          entry("conformance", List.of()),
          entry("media", List.of()),
          entry("fabric", List.of("media")),
          entry("control-link", List.of()),
          entry("ingest", List.of("media", "fabric", "control-link", "limits")),
          entry("ingest-rtmp", List.of("ingest", "limits")),
          entry("packager", List.of("media", "fabric", "limits")),
          entry("window", List.of("media", "fabric")),
          entry("delivery", List.of("window", "control-link", "limits")),
          entry("origin-node", List.of("delivery")),
          entry("edge-node", List.of("delivery")),
          entry("web", List.of()),
          entry("control-plane", List.of("control-link", "web", "limits")),
          entry(
              "server",
              List.of(
                  "ingest-rtmp",
                  "packager",
                  "origin-node",
                  "edge-node",
                  "control-plane",
                  "conformance")));

  @Test
  void modulesDependOnlyOnWhatTheTableAllows() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace");
    Set<String> seen = new TreeSet<>();
    Set<String> violations = new TreeSet<>();

    for (JavaClass from : classes) {
      String module = module(from.getPackageName());
      seen.add(module);
      Set<String> allowed = reachable(module);
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        if ((target + ".").startsWith(OURS) && !allowed.contains(module(target))) {
          violations.add("%s: %s".formatted(module, dependency.getDescription()));
        }
      }
    }

    assertThat(violations).isEmpty();
    assertThat(seen).contains("media", "fabric", "control-link", "ingest", "server");
  }

  private static String module(String packageName) {
    String found = "";
    String root = "";
    for (Map.Entry<String, String> module : MODULES.entrySet()) {
      if ((packageName + ".").startsWith(module.getKey() + ".")
          && module.getKey().length() > root.length()) {
        root = module.getKey();
        found = module.getValue();
      }
    }
    assertThat(found).as("module of the package %s", packageName).isNotEmpty();
    return found;
  }

  private static Set<String> reachable(String module) {
    Set<String> reachable = new HashSet<>(Set.of(module));
    for (String next : MAY_DEPEND_ON.getOrDefault(module, List.of())) {
      reachable.addAll(reachable(next));
    }
    return reachable;
  }
}
