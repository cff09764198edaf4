package io.millrace.control.http;

import io.helidon.http.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 writes it.
 *
 * @param type the URN of a {@link ProblemType}, or {@code about:blank} where the status says it all
 * @param detail what is wrong and what is expected
 * @param errors one for each wrong field; null where no field is
 */
public record Problem(
    String type, String title, int status, String detail, @Nullable List<FieldError> errors) {
  private static final int MOST_ERRORS = 20;

  /** RFC 6585 5; Helidon has no name for it. */
  private static final Status HEAD_TOO_LARGE =
      Status.create(431, "Request Header Fields Too Large");

  /** Names a wrong field, as a path into the body or the name of a parameter. */
  public record FieldError(String field, String detail) {}

  /** Names the first of the errors; how many more there are, the detail says. */
  public static ProblemException invalid(List<FieldError> errors) {
    List<FieldError> told = List.copyOf(errors.subList(0, Math.min(errors.size(), MOST_ERRORS)));
    StringBuilder detail = new StringBuilder();
    for (FieldError error : told) {
      detail.append(detail.isEmpty() ? "" : "; ").append(error.field()).append(": ");
      detail.append(error.detail());
    }
    if (errors.size() > told.size()) {
      detail.append("; and %d more".formatted(errors.size() - told.size()));
    }
    return of(ProblemType.INVALID_VALUE, detail.toString(), told);
  }

  public static ProblemException invalid(String field, String detail) {
    return invalid(List.of(new FieldError(field, detail)));
  }

  public static ProblemException badRequest(String detail) {
    return of(ProblemType.BAD_REQUEST, detail, null);
  }

  public static ProblemException unauthorized(String detail) {
    return of(ProblemType.UNAUTHORIZED, detail, null);
  }

  public static ProblemException forbidden(String detail) {
    return of(ProblemType.FORBIDDEN, detail, null);
  }

  public static ProblemException notFound(String detail) {
    return of(ProblemType.NOT_FOUND, detail, null);
  }

  /** What is there has none for this method. */
  public static ProblemException methodNotAllowed(String detail) {
    return of(ProblemType.METHOD_NOT_ALLOWED, detail, null);
  }

  /** The request did not come to an end in time. */
  public static ProblemException requestTimeout() {
    return of(
        ProblemType.REQUEST_TIMEOUT,
        "The request did not come in time: send it at once (control.head-timeout,"
            + " control.request-timeout)",
        null);
  }

  public static ProblemException conflict(String detail) {
    return of(ProblemType.CONFLICT, detail, null);
  }

  /** The name is another channel's. */
  public static ProblemException nameTaken(String detail) {
    return of(ProblemType.NAME_TAKEN, detail, null);
  }

  public static ProblemException nothingOnAir(String detail) {
    return of(ProblemType.NOTHING_ON_AIR, detail, null);
  }

  /** There are as many as there may be. */
  public static ProblemException limitReached(String detail) {
    return of(ProblemType.LIMIT_REACHED, detail, null);
  }

  /** The body is larger than it may be. */
  public static ProblemException tooLarge(ApiLimits limits) {
    return of(
        ProblemType.TOO_LARGE,
        "The body is larger than %d bytes: send less, or raise control.max-body-bytes"
            .formatted(limits.mostBodyBytes()),
        null);
  }

  /** All requests that are being read keep more than they may. */
  public static ProblemException requestsTooLarge() {
    return unavailable(
        "Requests that are being read keep too much together: try again shortly, or raise"
            + " control.max-all-request-bytes");
  }

  /** The request line is longer than it may be. */
  public static ProblemException uriTooLong(ApiLimits limits) {
    return of(
        ProblemType.URI_TOO_LONG,
        "The request line is longer than %d bytes: ask with a shorter address, or raise control.max-request-line-bytes"
            .formatted(limits.mostTargetBytes()),
        null);
  }

  /** The headers are larger than they may be. */
  public static ProblemException headTooLarge(ApiLimits limits) {
    return of(
        ProblemType.HEAD_TOO_LARGE,
        "The headers are larger than %d bytes: send fewer or shorter ones, such as cookies, or raise control.max-head-bytes"
            .formatted(limits.mostHeadBytes()),
        null);
  }

  public static ProblemException unsupportedMediaType(String detail) {
    return of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail, null);
  }

  public static ProblemException tooMany(String detail) {
    return of(ProblemType.TOO_MANY_REQUESTS, detail, null);
  }

  /** The same, and when to try again. */
  public static ProblemException tooMany(String detail, Duration retryAfter) {
    return new ProblemException(tooMany(detail).problem(), retryAfter);
  }

  public static ProblemException internal() {
    return of(ProblemType.INTERNAL, "Something went wrong here; the log has it", null);
  }

  public static ProblemException unavailable(String detail) {
    return of(ProblemType.UNAVAILABLE, detail, null);
  }

  /** The status with its reason phrase. */
  public Status httpStatus() {
    return status == HEAD_TOO_LARGE.code() ? HEAD_TOO_LARGE : Status.create(status);
  }

  private static ProblemException of(
      ProblemType type, String detail, @Nullable List<FieldError> errors) {
    return new ProblemException(
        new Problem(type.urn(), type.title(), type.status(), detail, errors));
  }
}
