package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;

/**
 * What the API says of something that it could not do: a problem document as in RFC 9457.
 *
 * @param type the kind of problem, such as {@code urn:millrace:problem:not-found}; {@code
 *     about:blank} where the status says it all
 * @param title the kind of problem in a few words
 * @param status the status of the HTTP answer, 400 to 599
 * @param detail what is wrong and what is expected
 * @param errors one for each wrong field; empty where no field is to blame
 */
public record Problem(String type, String title, int status, String detail, List<FieldError> errors)
    implements Serializable {
  /**
   * Names a wrong field.
   *
   * @param field as the API calls it, with dots between an object and its field: {@code
   *     settings.partMs}
   * @param detail the value and what is expected
   */
  public record FieldError(String field, String detail) implements Serializable {
    /** Checks that nothing is missing. */
    public FieldError {
      requireNonNull(field, "field");
      requireNonNull(detail, "detail");
    }
  }

  /** Takes a copy of the list. */
  public Problem {
    requireNonNull(type, "type");
    requireNonNull(title, "title");
    requireNonNull(detail, "detail");
    errors = List.copyOf(errors);
  }
}
