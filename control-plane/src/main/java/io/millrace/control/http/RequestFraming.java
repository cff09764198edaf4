package io.millrace.control.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses what Helidon would take: requests that two readers, such as a proxy and we, could see end
 * in different places (RFC 9112 6.3, 11.2), and those that are for a proxy (3.2.3, 3.2.4).
 */
public final class RequestFraming {
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

  private static final String NO_PATH = "target (expected: a path)";
  private static final String NO_HOST = "Host (expected: one)";
  private static final String NO_LENGTH = "Content-Length (expected: one number)";
  private static final String ENCODINGS = "Transfer-Encoding (expected: one)";
  private static final String LENGTH_AND_ENCODING =
      "Content-Length and Transfer-Encoding (expected: one of them)";
  private static final String NOT_CHUNKED = "Transfer-Encoding (expected: chunked)";
  static final String PIECES = "request (expected: in fewer and larger pieces)";
  private static final Set<String> REASONS =
      Set.of(NO_PATH, NO_HOST, NO_LENGTH, ENCODINGS, LENGTH_AND_ENCODING, NOT_CHUNKED, PIECES);

  private RequestFraming() {}

  /** Whether a message is one of those that are told here: nothing of the request is in it. */
  public static boolean isReason(String message) {
    return REASONS.contains(message);
  }

  static void require(HttpPrologue prologue) {
    String path = prologue.uriPath().rawPath();
    // Where a fragment begins, which no request has (RFC 9112 3.2.1), readers disagree too.
    if (!path.startsWith("/") || path.indexOf('#') >= 0 || prologue.fragment().hasValue()) {
      throw refusal(Status.BAD_REQUEST_400, NO_PATH);
    }
  }

  static void require(Headers headers) {
    if (values(headers, HeaderNames.HOST).size() != 1) {
      throw refusal(Status.BAD_REQUEST_400, NO_HOST);
    }
    List<String> lengths = values(headers, HeaderNames.CONTENT_LENGTH);
    List<String> encodings = values(headers, HeaderNames.TRANSFER_ENCODING);
    if (lengths.size() > 1 || !lengths.stream().allMatch(text -> LENGTH.matcher(text).matches())) {
      throw refusal(Status.BAD_REQUEST_400, NO_LENGTH);
    }
    if (encodings.size() > 1) {
      throw refusal(Status.BAD_REQUEST_400, ENCODINGS);
    }
    if (!lengths.isEmpty() && !encodings.isEmpty()) {
      throw refusal(Status.BAD_REQUEST_400, LENGTH_AND_ENCODING);
    }
    // Written otherwise, Helidon would not know it and see no body at all.
    if (!encodings.isEmpty() && !encodings.equals(List.of("chunked"))) {
      throw refusal(Status.NOT_IMPLEMENTED_501, NOT_CHUNKED);
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
