package io.millrace.control.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 writes it.
 *
 * @param type names the kind of problem, a URN of ours
 * @param detail what is wrong and what is expected
 * @param errors one for each wrong field; null where no field is
 */
public record Problem(
    String type, String title, int status, String detail, @Nullable List<FieldError> errors) {
  /** Names a wrong field, as a path into the body or the name of a parameter. */
  public record FieldError(String field, String detail) {}

  public static ProblemException invalid(List<FieldError> errors) {
    StringBuilder detail = new StringBuilder();
    for (FieldError error : errors) {
      detail.append(detail.isEmpty() ? "" : "; ").append(error.field()).append(": ");
      detail.append(error.detail());
    }
    return new ProblemException(
        new Problem(
            "urn:millrace:problem:invalid-value", "Invalid value", 400, detail.toString(), errors));
  }

  public static ProblemException invalid(String field, String detail) {
    return invalid(List.of(new FieldError(field, detail)));
  }

  public static ProblemException badRequest(String detail) {
    return of("bad-request", "Bad request", 400, detail);
  }

  public static ProblemException unauthorized(String detail) {
    return of("unauthorized", "Unauthorized", 401, detail);
  }

  public static ProblemException forbidden(String detail) {
    return of("forbidden", "Forbidden", 403, detail);
  }

  public static ProblemException notFound(String detail) {
    return of("not-found", "Not found", 404, detail);
  }

  public static ProblemException methodNotAllowed(String detail) {
    return of("method-not-allowed", "Method not allowed", 405, detail);
  }

  public static ProblemException conflict(String detail) {
    return of("conflict", "Conflict", 409, detail);
  }

  public static ProblemException tooLarge(String detail) {
    return of("too-large", "Too large", 413, detail);
  }

  public static ProblemException unsupportedMediaType(String detail) {
    return of("unsupported-media-type", "Unsupported media type", 415, detail);
  }

  public static ProblemException tooMany(String detail) {
    return of("too-many-requests", "Too many requests", 429, detail);
  }

  public static ProblemException internal() {
    return of("internal", "Internal error", 500, "Something went wrong here; the log has it");
  }

  public static ProblemException unavailable(String detail) {
    return of("unavailable", "Unavailable", 503, detail);
  }

  private static ProblemException of(String name, String title, int status, String detail) {
    return new ProblemException(
        new Problem("urn:millrace:problem:" + name, title, status, detail, null));
  }
}
