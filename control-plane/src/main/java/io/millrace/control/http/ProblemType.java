package io.millrace.control.http;

import java.util.Arrays;
import java.util.stream.Stream;

/** The kinds of problems that the API answers, as the contract names them. */
public enum ProblemType {
  INVALID_VALUE("invalid-value", "Invalid value", 400),
  BAD_REQUEST("bad-request", "Bad request", 400),
  UNAUTHORIZED("unauthorized", "Unauthorized", 401),
  FORBIDDEN("forbidden", "Forbidden", 403),
  NOT_FOUND("not-found", "Not found", 404),
  METHOD_NOT_ALLOWED("method-not-allowed", "Method not allowed", 405),
  REQUEST_TIMEOUT("request-timeout", "Request timeout", 408),
  CONFLICT("conflict", "Conflict", 409),
  NAME_TAKEN("name-taken", "Name taken", 409),
  NOTHING_ON_AIR("nothing-on-air", "Nothing on air", 409),
  LIMIT_REACHED("limit-reached", "Limit reached", 409),
  TOO_LARGE("too-large", "Too large", 413),
  URI_TOO_LONG("uri-too-long", "URI too long", 414),
  UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", "Unsupported media type", 415),
  TOO_MANY_REQUESTS("too-many-requests", "Too many requests", 429),
  HEAD_TOO_LARGE("head-too-large", "Head too large", 431),
  INTERNAL("internal", "Internal error", 500),
  UNAVAILABLE("unavailable", "Unavailable", 503);

  private final String urn;
  private final String title;
  private final int status;

  ProblemType(String name, String title, int status) {
    this.urn = "urn:millrace:problem:" + name;
    this.title = title;
    this.status = status;
  }

  /** What a problem document has as its type. */
  public String urn() {
    return urn;
  }

  /** Of all kinds. */
  public static Stream<Integer> statuses() {
    return Arrays.stream(values()).map(ProblemType::status).distinct();
  }

  String title() {
    return title;
  }

  int status() {
    return status;
  }
}
