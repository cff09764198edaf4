package io.millrace.bench.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.command.Millrace;
import io.millrace.server.settings.SettingsException;
import io.millrace.server.settings.SettingsSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Every link leads to a file and a heading that are there; every {@code ./millrace} line, in a
 * block or in inline code, is taken by the command line, and sets settings to values that they
 * take.
 */
class DocumentsTest {
  private static final Pattern MILLRACE = Pattern.compile("(?:^|\\s)\\./millrace(?:\\s+(.*))?$");
  private static final Pattern SET = Pattern.compile("--set[ =]([a-z][^\\s=]*=\\S*)");
  private static final Pattern PLACEHOLDER = Pattern.compile("…|\\.\\.\\.|\\|");

  @Test
  void everyRelativeLinkLeadsToAFileAndAHeadingThatAreThere() throws Exception {
    List<String> broken = new ArrayList<>();
    List<Document> documents = Document.all();
    for (Document document : documents) {
      for (String link : document.links()) {
        if (!link.matches("[a-z]+:.*") && !leads(document, link, documents)) {
          broken.add(document + ": " + link);
        }
      }
    }
    assertThat(documents).hasSizeGreaterThan(10);
    assertThat(broken).isEmpty();
  }

  private static boolean leads(Document from, String link, List<Document> documents) {
    String[] parts = link.split("#", 2);
    Path directory = Path.of(from.path().toString()).resolveSibling("");
    Path target = parts[0].isEmpty() ? from.path() : directory.resolve(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || documents.stream()
            .filter(document -> document.path().equals(target))
            .anyMatch(document -> document.anchors().contains(parts[1]));
  }

  @Test
  void everyMillraceCommandIsOne() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (String command : document.commands()) {
        Matcher matcher = MILLRACE.matcher(command);
        if (matcher.find()) {
          checked++;
          String refusal = refusal(matcher.group(1) == null ? "" : matcher.group(1));
          if (!refusal.isEmpty()) {
            wrong.add(document + ": " + command + " → " + refusal);
          }
        }
      }
    }
    assertThat(checked).isGreaterThan(10);
    assertThat(wrong).isEmpty();
  }

  @Test
  void everySettingThatACommandSetsTakesTheValue() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (String command : document.commands()) {
        Matcher set = SET.matcher(MILLRACE.matcher(command).find() ? command : "");
        while (set.find()) {
          checked++;
          try {
            new SettingsSources().assignments(List.of(set.group(1))).read();
          } catch (SettingsException e) {
            wrong.add(document + ": " + e.getMessage());
          }
        }
      }
    }
    assertThat(checked).isPositive();
    assertThat(wrong).isEmpty();
  }

  /** What the command line says to it; empty where it takes it. */
  private static String refusal(String arguments) {
    List<String> words =
        Arrays.stream(arguments.strip().split("\\s+"))
            .takeWhile(word -> !PLACEHOLDER.matcher(word).find())
            .filter(word -> !word.isEmpty())
            .toList();
    boolean shortened = PLACEHOLDER.matcher(arguments).find();
    CommandLine line = Millrace.commandLine();
    try {
      line.parseArgs(words.toArray(String[]::new));
      return "";
    } catch (CommandLine.MissingParameterException e) {
      return shortened ? "" : String.valueOf(e.getMessage());
    } catch (CommandLine.ParameterException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
