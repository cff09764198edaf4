package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Channels and their keys, as the API tells and changes them. */
class ChannelsTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** How many changes wait for another's end. */
  private static final String WAITING =
      "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type"
          + " = 'Lock'";

  @AutoClose private static TestControlPlane control;

  @BeforeAll
  static void start(@TempDir Path directory) {
    control = new TestControlPlane(directory);
  }

  @Test
  void keyIsShownOnceAndOnlyItsHashIsKept() throws Exception {
    var created =
        control.call("POST", "/api/v1/channels", "{\"name\":\"once\",\"title\":\"Once\"}");

    assertThat(created.status()).isEqualTo(201);
    String key = created.json().get("key").stringValue();
    assertThat(key).matches("mk_[0-9a-z]{32}");
    assertThat(created.header("Location"))
        .isEqualTo("/api/v1/channels/" + created.json().get("id").stringValue());
    JsonNode shown = control.call("GET", "/api/v1/channels/once").json();
    assertThat(shown.get("publish").has("srt")).isFalse();
    assertThat(shown.get("watch").propertyNames()).containsOnly("page");
    assertThat(shown.has("key")).isFalse();
    assertThat(shown.toString()).doesNotContain(key);
    assertThat(shown.get("keyHint").stringValue()).isEqualTo(key.substring(0, 7) + "…");
    assertThat(
            control.query(
                "select hash from stream_keys k join channels c on c.id = k.channel where c.name ="
                    + " 'once'"))
        .containsExactly(TestControlPlane.sha256(key));
    assertThat(
            control.query("select string_agg(stream_keys::text, ' ') from stream_keys").getFirst())
        .doesNotContain(key);

    var rotated = control.call("POST", "/api/v1/channels/once/key");

    String newKey = rotated.json().get("key").stringValue();
    assertThat(newKey).isNotEqualTo(key);
    assertThat(
            control.query(
                "select hash from stream_keys k join channels c on c.id = k.channel where c.name ="
                    + " 'once'"))
        .containsExactly(TestControlPlane.sha256(newKey));
  }

  @Test
  void channelsAreListedInOrderPageByPage() throws Exception {
    for (String name : List.of("page-c", "page-a", "page-b")) {
      control.call("POST", "/api/v1/channels", "{\"name\":\"%s\"}".formatted(name));
    }

    JsonNode first = control.call("GET", "/api/v1/channels?limit=2&after=page").json();
    JsonNode second =
        control
            .call("GET", "/api/v1/channels?limit=2&after=" + first.get("next").stringValue())
            .json();

    assertThat(names(first)).containsExactly("page-a", "page-b");
    assertThat(names(second)).startsWith("page-c");
    for (String limit : List.of("0", "501", "many")) {
      assertThat(control.call("GET", "/api/v1/channels?limit=" + limit).status()).isEqualTo(400);
    }
  }

  @Test
  void wrongValuesAreNamedAllAtOnce() throws Exception {
    var answer =
        control.call(
            "POST",
            "/api/v1/channels",
            "{\"name\":\"Main"
                + " Stage\",\"titel\":\"x\",\"settings\":{\"partMs\":10,\"segmentMs\":\"long\",\"windowMs\":1}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    List<String> fields = new ArrayList<>();
    answer.json().get("errors").forEach(error -> fields.add(error.get("field").stringValue()));
    assertThat(fields)
        .containsExactlyInAnyOrder(
            "name", "titel", "settings.partMs", "settings.segmentMs", "settings.windowMs");
    assertThat(answer.json().get("detail").stringValue())
        .contains("name: \"Main Stage\" (expected: 1 to 63 of a-z, 0-9 and -")
        .contains("settings.partMs: 10 (expected: 50 to 5000)")
        .contains("titel: not known (expected: name, settings, title, tokens)");
  }

  @Test
  void manyWrongFieldsAreToldShortly() throws Exception {
    String name = "ü".repeat(200);
    String body =
        IntStream.range(0, 3_000)
            .mapToObj("\"%04d\":0"::formatted)
            .collect(Collectors.joining(",", "{\"%s\":0,".formatted(name), "}"));

    var answer = control.call("POST", "/api/v1/channels", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.response().body()).hasSizeLessThan(4_000);
    JsonNode errors = answer.json().get("errors");
    assertThat(errors).hasSize(20);
    assertThat(errors.get(0).get("field").stringValue()).isEqualTo("name");
    assertThat(errors.get(1).get("field").stringValue()).isEqualTo("ü".repeat(79) + "…");
    assertThat(errors.get(2).get("detail").stringValue()).isEqualTo("not known");
    assertThat(answer.json().get("detail").stringValue())
        .startsWith("name: ")
        .contains(": not known (expected: name, settings, title, tokens); 0000: not known; 0001: ")
        .endsWith("; 0017: not known; and 2982 more");
  }

  @Test
  void aWrongValueIsShortenedBetweenCharacters() throws Exception {
    for (int letters : List.of(77, 78)) {
      String shown = "\"" + "a".repeat(letters);

      var answer =
          control.call(
              "POST", "/api/v1/channels", "{\"name\":%s\"}".formatted(shown + "😀".repeat(9)));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().get("detail").stringValue())
          .startsWith("name: " + shown + "… (expected: ");
    }
  }

  @Test
  void malformedAndOversizedBodiesAreProblems() throws Exception {
    assertThat(control.call("POST", "/api/v1/channels", "{\"name\":").status()).isEqualTo(400);
    assertThat(control.call("POST", "/api/v1/channels", "[1]").status()).isEqualTo(400);
    String twice = "{\"name\":\"one\",\"name\":\"other\"}";
    assertThat(control.call("POST", "/api/v1/channels", twice).status()).isEqualTo(400);
    var large =
        control.call("POST", "/api/v1/channels", "{\"name\":\"" + "a".repeat(70_000) + "\"}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.header("Content-Type")).isEqualTo("application/problem+json");
    var unknown = control.call("GET", "/api/v1/nonsense");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().get("status").intValue()).isEqualTo(404);
    var malformedPath = control.call("GET", "/api/v1/channels/%00");
    assertThat(malformedPath.status()).isIn(400, 404);
  }

  @Test
  void anAnswerToABodyThatIsTooLargeIsCountedOnce() throws Exception {
    InputStream body = new ByteArrayInputStream(new byte[70_000]);
    var chunked =
        control
            .request("POST", "/api/v1/channels", null)
            .header("Authorization", "Bearer " + control.token())
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> body));
    // On the same connection: what was answered before is counted by now.
    assertThat(control.call("GET", "/api/v1/channels").status()).isEqualTo(200);
    double before = control.answers("413");
    double unknown = control.answers("404");

    assertThat(control.send(chunked).status()).isEqualTo(413);
    assertThat(control.call("GET", "/api/v1/nonsense").status()).isEqualTo(404);

    await().atMost(Duration.ofSeconds(5)).until(() -> control.answers("404") >= unknown + 1);
    assertThat(control.answers("413")).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x|415",
        "''|415",
        "application/json-patch+json|415",
        "application/json;|400",
        "APPLICATION/JSON; charset=\"|400",
      })
  void aBodysTypeIsReadWhateverItIs(String type, int status) throws Exception {
    var request =
        control
            .request("POST", "/api/v1/channels", null)
            .header("Authorization", "Bearer " + control.token())
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString("{\"name\":1}"));

    assertThat(control.send(request).status()).isEqualTo(status);
  }

  @Test
  void nameIsUniqueAndCanChangeWhileTheIdStays() throws Exception {
    String id =
        control
            .call("POST", "/api/v1/channels", "{\"name\":\"before\"}")
            .json()
            .get("id")
            .stringValue();
    control.call("POST", "/api/v1/channels", "{\"name\":\"taken\"}");

    assertThat(control.call("POST", "/api/v1/channels", "{\"name\":\"before\"}").status())
        .isEqualTo(409);
    var conflict = control.call("PATCH", "/api/v1/channels/before", "{\"name\":\"taken\"}");
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.json().get("type").stringValue())
        .isEqualTo("urn:millrace:problem:name-taken");
    assertThat(conflict.json().get("detail").stringValue())
        .contains("\"taken\"")
        .startsWith("name:");
    var changed =
        control.call(
            "PATCH",
            "/api/v1/channels/before",
            "{\"name\":\"after\",\"settings\":{\"graceMs\":5000}}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("settings").get("graceMs").intValue()).isEqualTo(5_000);
    assertThat(changed.json().get("settings").get("partMs").intValue()).isEqualTo(200);
    assertThat(control.call("GET", "/api/v1/channels/before").status()).isEqualTo(404);
    assertThat(control.call("GET", "/api/v1/channels/" + id).json().get("name").stringValue())
        .isEqualTo("after");
    assertThat(control.call("DELETE", "/api/v1/channels/" + id).status()).isEqualTo(204);
    assertThat(control.call("GET", "/api/v1/channels/after").status()).isEqualTo(404);
  }

  @Test
  void twoChangesAtOnceBothCount() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"both\"}");
    try (Connection other = control.connect();
        Statement statement = other.createStatement();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      statement.execute("update directory set number = number + 1");
      Future<Integer> title = callers.submit(() -> patch("both", "{\"title\":\"Both\"}"));
      Future<Integer> grace =
          callers.submit(() -> patch("both", "{\"settings\":{\"graceMs\":5000}}"));
      await().atMost(SOON).until(() -> control.query(WAITING).equals(List.of("2")));

      other.commit();

      assertThat(title.get()).isEqualTo(200);
      assertThat(grace.get()).isEqualTo(200);
    }
    JsonNode both = control.call("GET", "/api/v1/channels/both").json();
    assertThat(both.get("title").stringValue()).isEqualTo("Both");
    assertThat(both.get("settings").get("graceMs").intValue()).isEqualTo(5_000);
  }

  @Test
  void aChangeThatIsRefusedChangesNothing() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"kept\",\"title\":\"Kept\"}");

    assertThat(patch("kept", "{\"title\":\"New\",\"settings\":{\"partMs\":1}}")).isEqualTo(400);
    assertThat(patch("kept", "{\"title\":\"\\ud83d\"}")).isEqualTo(400);
    assertThat(patch("kept", "{\"title\":\"Kept\\ud83d\\ude00\"}")).isEqualTo(200);
    assertThat(patch("kept", "{\"title\":\"Kept\"}")).isEqualTo(200);
    assertThat(patch("nobody", "{\"name\":\"somebody\"}")).isEqualTo(404);

    JsonNode kept = control.call("GET", "/api/v1/channels/kept").json();
    assertThat(kept.get("title").stringValue()).isEqualTo("Kept");
  }

  private static int patch(String channel, String body) throws Exception {
    return control.call("PATCH", "/api/v1/channels/" + channel, body).status();
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.get("channels").forEach(channel -> names.add(channel.get("name").stringValue()));
    return names;
  }
}
