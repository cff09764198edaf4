package io.millrace.control.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes values as JSON: fields in the order of the record, none where there is no value. */
public final class Json {
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  private static final Header PROBLEM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/problem+json");
  private static final Header NO_STORE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");

  private Json() {}

  public static void send(ServerResponse response, int status, Object value) {
    response.status(Status.create(status));
    response.header(JSON);
    response.header(NO_STORE);
    HttpConnection.current().send(response, MAPPER.writeValueAsBytes(value));
  }

  public static void sendProblem(ServerResponse response, Problem problem) {
    response.status(problem.httpStatus());
    response.header(PROBLEM);
    response.header(NO_STORE);
    if (HttpConnection.current().isFinishing()) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    if (problem.status() == 401) {
      response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"millrace\"");
    }
    HttpConnection.current().send(response, MAPPER.writeValueAsBytes(problem));
  }
}
