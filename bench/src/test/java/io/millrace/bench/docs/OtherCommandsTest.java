package io.millrace.bench.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.acceptance.Ffmpeg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The documents' commands of other programs: what {@code mvn}, {@code npm} and {@code node} lines
 * name is there, {@code ffmpeg} takes its lines, and there are no commands that no test knows.
 * {@code ./millrace} and {@code curl} have tests of their own.
 */
class OtherCommandsTest {
  private static final Pattern KNOWN =
      Pattern.compile("(\\./millrace|mvn|npm|node|curl|ffmpeg)( .*)?");

  private static final Set<String> PHASES = Set.of("verify", "install");
  private static final Set<String> MAVENS_OWN =
      Set.of("test", "maven.test.skip", "surefire.failIfNoSpecifiedTests");

  private static final Pattern MODULES = Pattern.compile("-pl (\\S+)");
  private static final Pattern PROPERTY = Pattern.compile("-D([\\w.]+)");
  private static final Pattern TEST = Pattern.compile("-Dtest=(\\w+)");
  private static final Pattern WRITTEN = Pattern.compile("> *(\\S+)$");

  @TempDir private Path directory;

  private record Line(Document document, String command) {
    @Override
    public String toString() {
      return document + ": " + command;
    }
  }

  private static List<Line> lines(String program) throws IOException {
    return lines().filter(line -> line.command().startsWith(program + " ")).toList();
  }

  private static Stream<Line> lines() throws IOException {
    return Document.all().stream()
        .flatMap(
            document ->
                document.commands().stream()
                    .flatMap(OtherCommandsTest::parts)
                    .map(part -> new Line(document, part)));
  }

  private static Stream<String> parts(String command) {
    return command.startsWith("(")
        ? Stream.of(command)
        : Stream.of(command.split("&&")).map(String::strip);
  }

  /** One that is put together from others renews a file that is there. */
  @Test
  void everyCommandIsOneThatATestKnowsOrRenewsAFile() throws Exception {
    List<Line> wrong =
        lines()
            .filter(line -> !KNOWN.matcher(line.command()).matches())
            .filter(line -> !renewsAFile(line))
            .toList();

    assertThat(wrong).isEmpty();
  }

  private static boolean renewsAFile(Line line) {
    Matcher written = WRITTEN.matcher(line.command());
    return written.find()
        && Files.isRegularFile(line.document().path().resolveSibling(written.group(1)));
  }

  @Test
  void whatMavenLinesNameIsThere() throws Exception {
    List<String> missing = new ArrayList<>();
    List<Line> lines = lines("mvn");
    for (Line line : lines) {
      missingOfMaven(line.command()).map(name -> line + " → " + name).forEach(missing::add);
    }
    assertThat(missing).isEmpty();
    assertThat(lines).hasSizeGreaterThan(4);
  }

  private static Stream<String> missingOfMaven(String command) throws IOException {
    List<String> missing = new ArrayList<>();
    MODULES
        .matcher(command)
        .results()
        .flatMap(modules -> Stream.of(modules.group(1).split(",")))
        .filter(module -> !Files.exists(Document.ROOT.resolve(module).resolve("pom.xml")))
        .forEach(module -> missing.add("module " + module));
    for (MatchResult test : TEST.matcher(command).results().toList()) {
      if (!anySource(file -> file.endsWith(test.group(1) + ".java"))) {
        missing.add("test " + test.group(1));
      }
    }
    for (MatchResult property : PROPERTY.matcher(command).results().toList()) {
      String name = property.group(1);
      if (!MAVENS_OWN.contains(name) && !anySource(file -> holds(file, '"' + name + '"'))) {
        missing.add("property " + name);
      }
    }
    String poms = Files.readString(Document.ROOT.resolve("pom.xml"));
    Stream.of(command.split("\\s+"))
        .skip(1)
        .takeWhile(word -> !word.equals("…"))
        .filter(
            word ->
                !word.startsWith("-")
                    && !MODULES
                        .matcher(command)
                        .results()
                        .anyMatch(modules -> modules.group(1).equals(word)))
        .filter(goal -> !PHASES.contains(goal) && !isExecution(goal, poms))
        .forEach(goal -> missing.add("goal " + goal));
    return missing.stream();
  }

  /** {@code plugin:goal@execution}. */
  private static boolean isExecution(String goal, String pom) {
    String[] parts = goal.split("[:@]");
    return parts.length == 3
        && pom.contains("<artifactId>" + parts[0] + "-maven-plugin</artifactId>")
        && pom.contains("<goal>" + parts[1] + "</goal>")
        && pom.contains("<id>" + parts[2] + "</id>");
  }

  private interface FilePredicate {
    boolean test(Path file);
  }

  private static boolean anySource(FilePredicate wanted) throws IOException {
    try (Stream<Path> modules = Files.list(Document.ROOT)) {
      for (Path sources : modules.map(module -> module.resolve("src")).toList()) {
        if (!Files.isDirectory(sources)) {
          continue;
        }
        try (Stream<Path> files = Files.walk(sources)) {
          if (files.filter(file -> file.toString().endsWith(".java")).anyMatch(wanted::test)) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatNodeAndNpmLinesNameIsThere() throws Exception {
    JsonNode scripts =
        JsonMapper.shared()
            .readTree(Files.readString(Document.ROOT.resolve("web/package.json")))
            .path("scripts");
    List<Line> missing = new ArrayList<>();
    for (Line line : lines("node")) {
      String script = line.command().split("\\s+")[1];
      if (script.endsWith(".mjs") && !Files.exists(Document.ROOT.resolve(script))) {
        missing.add(line);
      }
    }
    List<Line> npm = lines("npm");
    for (Line line : npm) {
      String[] words = line.command().split("\\s+");
      boolean known =
          words[1].equals("ci")
              || words[1].equals("test")
              || (words[1].equals("run") && words.length > 2 && scripts.has(words[2]));
      if (!known) {
        missing.add(line);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(npm).isNotEmpty();
  }

  /** Runs them as they are, on a clip of a second and into a file. */
  @Test
  void ffmpegTakesItsLines() throws Exception {
    Ffmpeg.require();
    Path clip = directory.resolve("clip.mp4");
    ffmpeg(
        "-f lavfi -i testsrc=duration=1:rate=30 -f lavfi -i sine=duration=1 -pix_fmt yuv420p"
            + " -c:v libx264 -c:a aac "
            + clip);
    List<Line> lines = lines("ffmpeg");
    for (Line line : lines) {
      Path out = directory.resolve("out.flv");
      ffmpeg(
          line.command()
              .substring("ffmpeg ".length())
              .replace("clip.mp4", clip.toString())
              .replaceFirst("rtmp://\\S+", "-y " + out));
      assertThat(out).as("%s", line).isNotEmptyFile();
    }
    assertThat(lines).isNotEmpty();
  }

  private void ffmpeg(String arguments) throws IOException, InterruptedException {
    Ffmpeg.run(directory.resolve("ffmpeg.log"), Duration.ofMinutes(1), arguments.split("\\s+"));
  }
}
