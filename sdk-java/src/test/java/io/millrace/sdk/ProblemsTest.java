package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Every problem that the API's contract names becomes an exception of its own. */
@ExtendWith(NoThreadsLeft.class)
class ProblemsTest {
  private static final String BLANK = "about:blank";

  private final JsonNode contract =
      new YAMLMapper()
          .readTree(
              Path.of(System.getProperty("millrace.server.directory"))
                  .resolveSibling("control-plane/src/main/resources/openapi.yaml")
                  .toFile());

  @AutoClose private final FakeApi api = new FakeApi();
  @AutoClose private final MillraceClient client = api.client().build();

  @Test
  void everyTypeOfTheContractHasAnExceptionOfItsOwn() {
    Set<Class<?>> seen = new HashSet<>();
    for (String type : types()) {
      // A status that says nothing, so that it is the type that decides.
      api.answer(FakeApi.problem(418, type, "What is wrong"));

      ProblemException thrown =
          catchThrowableOfType(ProblemException.class, () -> client.channels().get("a"));

      assertThat(thrown).as(type).isNotInstanceOf(ProblemException.Other.class);
      assertThat(seen.add(thrown.getClass())).as(type).isTrue();
      assertThat(thrown.type()).isEqualTo(type);
      assertThat(thrown.title()).isEqualTo("Some title");
      assertThat(thrown.status()).isEqualTo(418);
      assertThat(thrown.detail()).isEqualTo("What is wrong");
      assertThat(thrown).hasMessage("What is wrong (418 Some title)");
    }
    assertThat(seen).isEqualTo(exceptions());
  }

  @Test
  void everyStatusOfTheContractHasAnExceptionAlsoWithoutAType() {
    for (int status : statuses()) {
      api.answer(FakeApi.problem(status, BLANK, "What is wrong"));
      assertThat(catchThrowable(() -> client.channels().list()))
          .as("status %d", status)
          .isInstanceOf(ProblemException.class)
          .isNotInstanceOf(ProblemException.Other.class);
    }
  }

  @Test
  void aTypeThatIsNewIsToldByItsStatus() {
    api.answer(FakeApi.problem(409, "urn:millrace:problem:of-tomorrow", "No"));
    assertThatThrownBy(() -> client.channels().end("a"))
        .isExactlyInstanceOf(ProblemException.Conflict.class);

    api.answer(FakeApi.problem(451, "urn:millrace:problem:of-tomorrow", "No"));
    assertThatThrownBy(() -> client.channels().end("a"))
        .isExactlyInstanceOf(ProblemException.Other.class);
  }

  @Test
  void wrongValuesAreNamedEach() {
    api.answer(
        FakeApi.of(
            400,
            "application/problem+json; charset=utf-8",
            """
            {"type": "urn:millrace:problem:invalid-value", "title": "Invalid value", "status": 400,
             "detail": "two are wrong", "errors": [{"field": "name", "detail": "1"},
             {"field": "settings.partMs", "detail": "2"}]}
            """));

    assertThat(
            catchThrowableOfType(
                    ProblemException.InvalidValue.class,
                    () -> client.channels().create(NewChannel.named("A")))
                .problem()
                .errors())
        .containsExactly(
            new Problem.FieldError("name", "1"), new Problem.FieldError("settings.partMs", "2"));
  }

  @Test
  void aProblemMayBeBare() {
    api.answer(FakeApi.of(503, "application/problem+json", "{\"status\": 200}"));

    assertThatThrownBy(() -> client.channels().list())
        .isExactlyInstanceOf(ProblemException.Unavailable.class)
        .hasMessage("No reason was given (503 Status 503)");
  }

  @Test
  void aLongDetailDoesNotFloodTheLog() {
    api.answer(FakeApi.problem(400, BLANK, "x".repeat(100_000)));

    ProblemException thrown =
        catchThrowableOfType(ProblemException.class, () -> client.channels().list());

    assertThat(thrown.getMessage()).hasSizeLessThan(3_000);
    assertThat(thrown.detail()).hasSize(100_000);
  }

  @Test
  void anErrorWithoutAProblemIsNotTheApis() {
    api.answer(FakeApi.of(502, "text/html", "<h1>Bad gateway</h1>"));
    assertThat(
            catchThrowableOfType(
                    MalformedAnswerException.class, () -> client.channels().delete("a"))
                .status())
        .isEqualTo(502);

    api.answer(FakeApi.of(500, "application/problem+json", "{\"title\": 7}"));
    assertThatThrownBy(() -> client.channels().delete("a"))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("title: 7 (expected: a string)");
  }

  @Test
  void exceptionsCanBeSerialized() throws Exception {
    ProblemException before =
        new ProblemException.NotFound(
            new Problem("t", "T", 404, "d", List.of(new Problem.FieldError("f", "e"))));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(before);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((ProblemException) in.readObject()).problem()).isEqualTo(before.problem());
    }
  }

  private List<String> types() {
    List<String> types =
        contract
            .at("/components/schemas/Problem/properties/type/enum")
            .valueStream()
            .map(JsonNode::stringValue)
            .filter(type -> !type.equals(BLANK))
            .toList();
    assertThat(types).hasSizeGreaterThan(10);
    return types;
  }

  private Set<Integer> statuses() {
    Set<Integer> statuses = new TreeSet<>();
    for (JsonNode path : contract.get("paths")) {
      for (JsonNode operation : path) {
        operation
            .path("responses")
            .propertyNames()
            .forEach(status -> statuses.add(Integer.valueOf(status)));
      }
    }
    statuses.addAll(Set.of(405, 408, 413, 414, 415, 431, 500)); // which any operation may answer
    statuses.removeIf(status -> status < 400);
    assertThat(statuses).contains(400, 401, 403, 404, 409, 429, 503);
    return statuses;
  }

  private static Set<Class<?>> exceptions() {
    Set<Class<?>> exceptions = new HashSet<>(Arrays.asList(ProblemException.class.getClasses()));
    exceptions.remove(ProblemException.Other.class);
    exceptions.removeIf(each -> Modifier.isAbstract(each.getModifiers()));
    return exceptions;
  }
}
