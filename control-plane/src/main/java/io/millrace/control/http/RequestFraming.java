package io.millrace.control.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses what Helidon would take: requests that two readers, such as a proxy and we, could see end
 * in different places (RFC 9112 6.3, 11.2), and those that are for a proxy (3.2.3, 3.2.4).
 */
final class RequestFraming {
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

  private RequestFraming() {}

  static void require(HttpPrologue prologue) {
    if (!prologue.uriPath().rawPath().startsWith("/")) {
      throw refusal(Status.BAD_REQUEST_400, "target: not a path");
    }
  }

  static void require(Headers headers) {
    if (values(headers, HeaderNames.HOST).size() != 1) {
      throw refusal(Status.BAD_REQUEST_400, "Host: not one");
    }
    List<String> lengths = values(headers, HeaderNames.CONTENT_LENGTH);
    List<String> encodings = values(headers, HeaderNames.TRANSFER_ENCODING);
    if (lengths.size() > 1 || !lengths.stream().allMatch(text -> LENGTH.matcher(text).matches())) {
      throw refusal(Status.BAD_REQUEST_400, "Content-Length: not one number");
    }
    if (encodings.size() > 1) {
      throw refusal(Status.BAD_REQUEST_400, "Transfer-Encoding: more than one");
    }
    if (!lengths.isEmpty() && !encodings.isEmpty()) {
      throw refusal(Status.BAD_REQUEST_400, "Content-Length and Transfer-Encoding");
    }
    // Written otherwise, Helidon would not know it and see no body at all.
    if (!encodings.isEmpty() && !encodings.equals(List.of("chunked"))) {
      throw refusal(Status.NOT_IMPLEMENTED_501, "Transfer-Encoding: not chunked");
    }
  }

  /** Whether this is the last request, or answer, of the connection (RFC 9112 9.6). */
  static boolean isLast(Headers headers) {
    for (String value : values(headers, HeaderNames.CONNECTION)) {
      for (String option : value.split(",", -1)) {
        if (option.strip().equalsIgnoreCase("close")) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> values(Headers headers, HeaderName name) {
    return headers.all(name, List::of).stream().map(String::strip).toList();
  }

  private static RequestException refusal(Status status, String why) {
    return RequestException.builder()
        .type(DirectHandler.EventType.OTHER)
        .status(status)
        .setKeepAlive(false)
        .message(why)
        .build();
  }
}
