package io.millrace.bench.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents name is there, as they say it: in inline code settings, their variables and
 * the API's paths; in tables of settings their defaults; everywhere the addresses on this machine,
 * as those of {@code ffmpeg} and {@code curl} lines, of which {@code curl}'s also need a method
 * that the contract has.
 */
class DocumentNamesTest {
  private static final Pattern KEY = Pattern.compile("([a-z]+)(\\.[a-z-]+)+");
  private static final Pattern FILE = Pattern.compile(".*\\.(xml|yaml|json|md|java|ts|mjs)");
  private static final Pattern VARIABLE = Pattern.compile("MILLRACE_[A-Z_]+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| `?(\\d[^,|` ]*)");
  private static final Pattern API_PATH = Pattern.compile("/api/v1[A-Za-z0-9/{}._-]*");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(rtmp|http)://(?:localhost|127\\.0\\.0\\.1)(?::(\\d+))?(/[A-Za-z0-9/._-]*)?");
  private static final Pattern CURL_METHOD = Pattern.compile("(?:-X|--request)[ =]?([A-Z]+)");
  private static final Pattern CURL_BODY = Pattern.compile("\\s(-d|--data\\S*|--json)\\s");

  private static final Set<String> KEYS =
      Catalog.ALL.stream().map(Setting::key).collect(Collectors.toSet());

  private final Contract contract = Contract.read();

  @Test
  void everySettingInInlineCodeIsOne() throws Exception {
    Set<String> groups =
        KEYS.stream().map(key -> key.substring(0, key.indexOf('.'))).collect(Collectors.toSet());
    List<String> unknown = new ArrayList<>();
    int known = 0;
    for (Document document : Document.all()) {
      for (String code : document.inlineCode()) {
        Matcher key = KEY.matcher(code);
        if (!key.lookingAt()
            || !groups.contains(key.group(1))
            || FILE.matcher(code).matches()
            || isPackage(key.group())) {
          continue;
        }
        if (KEYS.contains(key.group())) {
          known++;
        } else {
          unknown.add(document + ": " + code);
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(known).isGreaterThan(80); // docs/settings.md has each
  }

  private static boolean isPackage(String name) throws IOException {
    try (Stream<Path> modules = Files.list(Document.ROOT)) {
      return modules
          .map(
              module -> module.resolve("src/main/java/io/millrace").resolve(name.replace('.', '/')))
          .anyMatch(Files::isDirectory);
    }
  }

  @Test
  void everyVariableIsASettingsOrTheLaunchers() throws Exception {
    Set<String> known =
        Catalog.ALL.stream().map(Setting::environmentName).collect(Collectors.toSet());
    String others =
        Files.readString(Document.ROOT.resolve("millrace"))
            + Files.readString(Document.ROOT.resolve("web/vite.config.ts"));
    List<String> unknown = new ArrayList<>();
    for (Document document : Document.all()) {
      for (String name : found(VARIABLE, document.text())) {
        if (!known.contains(name) && !others.contains(name)) {
          unknown.add(document + ": " + name);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void tablesOfSettingsTellTheirDefaults() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (MatchResult row : ROW.matcher(document.text()).results().toList()) {
        for (Setting<?> setting : Catalog.ALL) {
          if (setting.key().equals(row.group(1))) {
            checked++;
            if (!setting.defaultText().equals(row.group(2).replaceFirst("/udp$", ""))) {
              wrong.add(document + ": " + row.group());
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(60);
  }

  @Test
  void everyPathOfTheApiIsInTheContract() throws Exception {
    List<String> unknown = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (String sentence : found(API_PATH, document.text())) {
        String path = sentence.replaceFirst("\\.+$", "");
        checked++;
        if (!contract.has(path) && !contract.hasBelow(path)) {
          unknown.add(document + ": " + path);
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(checked).isGreaterThan(4);
  }

  @Test
  void everyAddressOnThisMachineIsServedByDefault() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (MatchResult address : ADDRESS.matcher(document.text()).results().toList()) {
        checked++;
        String path = address.group(3) == null ? "/" : address.group(3);
        if (!isServed(address.group(1), address.group(2), path)) {
          wrong.add(document + ": " + address.group());
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(8);
  }

  private boolean isServed(String scheme, String port, String path) {
    if (scheme.equals("rtmp")) {
      return (port == null || port.equals(Catalog.RTMP_PORT.defaultText()))
          && path.matches("/live(/\\w+)?");
    }
    if (Catalog.CONTROL_PORT.defaultText().equals(port)) {
      return path.matches("/|/(watch|embed)/[a-z0-9-]+") || contract.has(path);
    }
    if (Catalog.EDGE_HTTP_PORT.defaultText().equals(port)) {
      return path.matches("/live/[a-z0-9-]+/(index\\.m3u8|manifest\\.mpd)");
    }
    return Catalog.METRICS_PORT.defaultText().equals(port)
        && path.matches("/metrics|/health/(live|ready)");
  }

  @Test
  void curlAsksWhatTheContractHas() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Document document : Document.all()) {
      for (String command : document.commands()) {
        Matcher path = API_PATH.matcher(command);
        if (command.startsWith("curl ") && path.find()) {
          checked++;
          Matcher named = CURL_METHOD.matcher(command);
          String method =
              named.find() ? named.group(1) : CURL_BODY.matcher(command).find() ? "POST" : "GET";
          if (!contract.has(method, path.group())) {
            wrong.add(document + ": " + command);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group).toList();
  }
}
