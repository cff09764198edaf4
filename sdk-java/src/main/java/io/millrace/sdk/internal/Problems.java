package io.millrace.sdk.internal;

import io.millrace.sdk.Problem;
import io.millrace.sdk.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns problem documents (RFC 9457) into exceptions: by their type, and by their status where the
 * type is newer than we are, or {@code about:blank}.
 */
final class Problems {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final String URN = "urn:millrace:problem:";
  private static final String BLANK = "about:blank";

  private static final Map<String, Function<Problem, ProblemException>> BY_TYPE =
      Map.ofEntries(
          Map.entry(URN + "invalid-value", ProblemException.InvalidValue::new),
          Map.entry(URN + "bad-request", ProblemException.BadRequest::new),
          Map.entry(URN + "unauthorized", ProblemException.Unauthorized::new),
          Map.entry(URN + "forbidden", ProblemException.Forbidden::new),
          Map.entry(URN + "not-found", ProblemException.NotFound::new),
          Map.entry(URN + "method-not-allowed", ProblemException.MethodNotAllowed::new),
          Map.entry(URN + "request-timeout", ProblemException.RequestTimeout::new),
          Map.entry(URN + "conflict", ProblemException.Conflict::new),
          Map.entry(URN + "name-taken", ProblemException.NameTaken::new),
          Map.entry(URN + "nothing-on-air", ProblemException.NothingOnAir::new),
          Map.entry(URN + "limit-reached", ProblemException.LimitReached::new),
          Map.entry(URN + "too-large", ProblemException.TooLarge::new),
          Map.entry(URN + "uri-too-long", ProblemException.UriTooLong::new),
          Map.entry(URN + "unsupported-media-type", ProblemException.UnsupportedMediaType::new),
          Map.entry(URN + "too-many-requests", ProblemException.TooManyRequests::new),
          Map.entry(URN + "head-too-large", ProblemException.HeadTooLarge::new),
          Map.entry(URN + "internal", ProblemException.ServerError::new),
          Map.entry(URN + "unavailable", ProblemException.Unavailable::new));

  private static final Map<Integer, Function<Problem, ProblemException>> BY_STATUS =
      Map.ofEntries(
          Map.entry(400, ProblemException.BadRequest::new),
          Map.entry(401, ProblemException.Unauthorized::new),
          Map.entry(403, ProblemException.Forbidden::new),
          Map.entry(404, ProblemException.NotFound::new),
          Map.entry(405, ProblemException.MethodNotAllowed::new),
          Map.entry(408, ProblemException.RequestTimeout::new),
          Map.entry(409, ProblemException.Conflict::new),
          Map.entry(413, ProblemException.TooLarge::new),
          Map.entry(414, ProblemException.UriTooLong::new),
          Map.entry(415, ProblemException.UnsupportedMediaType::new),
          Map.entry(429, ProblemException.TooManyRequests::new),
          Map.entry(431, ProblemException.HeadTooLarge::new),
          Map.entry(500, ProblemException.ServerError::new),
          Map.entry(503, ProblemException.Unavailable::new));

  private Problems() {}

  /**
   * Reads a document. Its fields are all optional, and the status of the answer counts for more
   * than the one in it (RFC 9457 3.1).
   */
  static ProblemException read(int status, byte[] document) {
    JsonObject json = Json.object(document);
    return exception(
        new Problem(
            Optional.ofNullable(json.optionalString("type")).orElse(BLANK),
            Optional.ofNullable(json.optionalString("title")).orElse("Status " + status),
            status,
            Optional.ofNullable(json.optionalString("detail")).orElse("No reason was given"),
            json.objects("errors").stream()
                .map(error -> new Problem.FieldError(error.string("field"), error.string("detail")))
                .toList()));
  }

  static ProblemException exception(Problem problem) {
    Function<Problem, ProblemException> byType = BY_TYPE.get(problem.type());
    return byType != null
        ? byType.apply(problem)
        : BY_STATUS.getOrDefault(problem.status(), ProblemException.Other::new).apply(problem);
  }
}
