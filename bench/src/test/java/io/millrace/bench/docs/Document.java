package io.millrace.bench.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One Markdown file of the repository. */
record Document(Path path, String text) {
  /** The repository's directory; tests run in their module's. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

  /** All of them, without what tools put there. */
  static List<Document> all() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Document> documents = new ArrayList<>();
      for (Path file : files.filter(Document::isOurs).sorted().toList()) {
        documents.add(new Document(file, Files.readString(file)));
      }
      return documents;
    }
  }

  private static boolean isOurs(Path file) {
    String path = ROOT.relativize(file).toString();
    return path.endsWith(".md")
        && !path.contains("node_modules/")
        && !path.contains("target/")
        && !path.startsWith(".");
  }

  /** Targets of links, as written. */
  List<String> links() {
    return LINK.matcher(FENCE.matcher(text).replaceAll("")).results().map(m -> m.group(1)).toList();
  }

  /** Lines of shell blocks, continued ones joined, without prompts' comments. */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    Matcher fence = FENCE.matcher(text);
    while (fence.find()) {
      if (fence.group(1).equals("sh")) {
        fence
            .group(2)
            .replace("\\\n", " ")
            .lines()
            .map(Document::withoutComment)
            .forEach(commands::add);
      }
    }
    inlineCode().stream()
        .filter(code -> code.matches("(\\./millrace|mvn|npm|node|curl|ffmpeg) .*"))
        .forEach(commands::add);
    return commands.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /** What stands between backticks, outside blocks. */
  List<String> inlineCode() {
    return INLINE
        .matcher(FENCE.matcher(text).replaceAll(""))
        .results()
        .map(m -> m.group(1).replaceAll("\\s+", " ").strip())
        .toList();
  }

  private static String withoutComment(String line) {
    return line.replaceFirst("(^|\\s)#\\s.*$", "");
  }

  /** As the anchors of a rendered page are named. */
  List<String> anchors() {
    return HEADING
        .matcher(text)
        .results()
        .map(
            m ->
                m.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-'))
        .toList();
  }

  @Override
  public String toString() {
    return ROOT.relativize(path).toString();
  }
}
