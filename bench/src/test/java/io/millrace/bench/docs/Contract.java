package io.millrace.bench.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which paths and methods {@code openapi.yaml} has; enough of YAML for how it is written. */
record Contract(Map<String, Set<String>> methods) {
  private static final Path FILE =
      Document.ROOT.resolve("control-plane/src/main/resources/openapi.yaml");
  private static final Pattern LINE =
      Pattern.compile("(?m)^ {2}(/\\S*):$|^ {4}(get|post|put|patch|delete):$");

  static Contract read() {
    try {
      Map<String, Set<String>> methods = new TreeMap<>();
      Set<String> current = new TreeSet<>();
      Matcher line = LINE.matcher(Files.readString(FILE));
      while (line.find()) {
        if (line.group(1) != null) {
          current = methods.computeIfAbsent(line.group(1), _ -> new TreeSet<>());
        } else {
          current.add(line.group(2));
        }
      }
      return new Contract(methods);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String path) {
    return methods.keySet().stream().anyMatch(template -> matches(template, path));
  }

  boolean has(String method, String path) {
    return methods.entrySet().stream()
        .filter(each -> matches(each.getKey(), path))
        .anyMatch(each -> each.getValue().contains(method.toLowerCase(Locale.ROOT)));
  }

  /** Whether the path is where some begin. */
  boolean hasBelow(String path) {
    String directory = path.endsWith("/") ? path : path + "/";
    return methods.keySet().stream().anyMatch(template -> template.startsWith(directory));
  }

  private static boolean matches(String template, String path) {
    return path.matches(template.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+"));
  }
}
